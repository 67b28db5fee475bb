using System.Diagnostics;
using System.Globalization;

namespace Mailreeve.Fuzz;

/// <summary>Feeds a target with changed inputs for a while; those that go where none has been are changed further.</summary>
internal sealed class FuzzRun
{
    // Nothing that fits in a few packets may take longer.
    private static readonly TimeSpan TooSlow = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(20);

    // So that one kind of finding does not hide the others.
    private const int FindingsMax = 20;

    private readonly FuzzTarget target;
    private readonly FuzzFolder folder;
    private readonly Coverage coverage;
    private readonly Mutator mutator;
    private readonly List<byte[]> corpus = [];
    private readonly HashSet<string> kinds = new(StringComparer.Ordinal);
    private byte[] current = [];
    private long begun;
    private long executions;
    private TimeSpan slowest;

    /// <param name="target">What is run.</param>
    /// <param name="coverage">Its counters.</param>
    /// <param name="seed">Of the changes.</param>
    /// <param name="bytesMax">How long an input gets.</param>
    public FuzzRun(FuzzTarget target, Coverage coverage, int seed, int bytesMax)
    {
        this.target = target;
        this.coverage = coverage;
        folder = new FuzzFolder(target);
        mutator = new Mutator(target.Words, seed, bytesMax);
    }

    /// <summary>Runs.</summary>
    /// <param name="span">How long on the clock.</param>
    /// <param name="stop">Ends it early.</param>
    /// <returns>How many kinds of findings there were.</returns>
    public int Run(TimeSpan span, CancellationToken stop)
    {
        using var watch = new Timer(_ => LookForStuck(), null, Stuck, TimeSpan.FromSeconds(5));
        foreach (var input in folder.Names.Select(folder.Read).Append([]))
        {
            Try(input);
            corpus.Add(input);
        }

        var written = corpus.Count;
        corpus.AddRange(folder.Remembered().Where(Try));
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < span && kinds.Count < FindingsMax && !stop.IsCancellationRequested)
        {
            var input = mutator.Next(corpus);
            if (Try(input))
                corpus.Add(input);
        }

        Volatile.Write(ref begun, 0);
        folder.Remember(corpus[written..]);
        var processor = Environment.CpuUsage.TotalTime;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name,-14} {executions,10} executions  {processor.TotalSeconds,6:0} s of processor time  {coverage.Places,6} places  {corpus.Count - written,5} inputs remembered  slowest {slowest.TotalMilliseconds,6:0.0} ms  {kinds.Count} findings"));
        return kinds.Count;
    }

    // True when it went where none has been.
    private bool Try(byte[] input)
    {
        current = input;
        coverage.Clear();
        executions++;
        var start = Stopwatch.GetTimestamp();
        Volatile.Write(ref begun, start);
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            Found(KindOf(e), input, e.ToString(), i => KindOf(i) == KindOf(e));
            return false;
        }

        var taken = Stopwatch.GetElapsedTime(start);
        if (taken > slowest)
            taken = Again(input);
        if (taken > TooSlow)
            Found("slow", input, $"{taken.TotalMilliseconds:0} ms for {input.Length} octets", null);
        slowest = taken > slowest ? taken : slowest;
        return coverage.IsNew();
    }

    // Processor time, and the least: what else the machine does must not look like a finding.
    private TimeSpan Again(byte[] input)
    {
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var before = Environment.CpuUsage.TotalTime;
            target.Run(input);
            var taken = Environment.CpuUsage.TotalTime - before;
            least = taken < least ? taken : least;
        }

        return least;
    }

    private void Found(string kind, byte[] input, string what, Predicate<byte[]>? isSame)
    {
        if (!kinds.Add(kind))
            return;
        var smallest = isSame is null ? input : Shrunk(input, isSame);
        Console.WriteLine($"{target.Name}: {folder.Keep("found", smallest)}, {smallest.Length} octets\n{what}\n");
    }

    // Leaves out halves, quarters and so on down to single octets, while the finding is the same.
    private static byte[] Shrunk(byte[] input, Predicate<byte[]> isSame)
    {
        for (var length = Math.Max(1, input.Length / 2); length > 0; length /= 2)
        {
            for (var at = 0; at + length <= input.Length;)
            {
                byte[] smaller = [.. input.AsSpan(0, at), .. input.AsSpan(at + length)];
                if (isSame(smaller))
                    input = smaller;
                else
                    at += length;
            }
        }

        return input;
    }

    private string? KindOf(byte[] input)
    {
        // Making a finding smaller takes many runs, each of which may end.
        Volatile.Write(ref begun, Stopwatch.GetTimestamp());
        try
        {
            target.Run(input);
            return null;
        }
        catch (Exception e)
        {
            return KindOf(e);
        }
    }

    // The same promise, or the same place in the program.
    private static string KindOf(Exception e) => e is BrokenPromiseException
        ? e.Message.Split(':')[0]
        : $"{e.GetType().Name} {new StackTrace(e).GetFrames().Select(f => f.GetMethod()).FirstOrDefault(m => m?.DeclaringType?.FullName?.StartsWith("Mailreeve.Protocols", StringComparison.Ordinal) == true)}";

    private void LookForStuck()
    {
        var start = Volatile.Read(ref begun);
        if (start == 0 || Stopwatch.GetElapsedTime(start) < Stuck)
            return;
        Console.WriteLine($"{target.Name}: does not end: {folder.Keep("found", current)}");
        Environment.Exit(1);
    }
}
