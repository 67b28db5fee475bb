using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Mailreeve.Storage.Segments;

namespace Mailreeve.Storage.Tests.Segments;

/// <summary>
/// A process that appends messages as fast as it can and says on standard output what became of each: this program itself, started once
/// more. It ends when its standard input does.
/// </summary>
internal sealed class AppendingProcess : IAsyncDisposable
{
    /// <summary>The first argument by which it knows what it is.</summary>
    public const string Command = "append";

    private const int Writers = 20;

    private readonly Process process;
    private readonly Task reading;
    private int kept;
    private int refused;

    private AppendingProcess(Process process)
    {
        this.process = process;
        reading = Task.Run(ReadAsync);
    }

    /// <summary>Acknowledged as being on disk.</summary>
    public ConcurrentQueue<uint> Kept { get; } = new();

    /// <summary>Refused.</summary>
    public ConcurrentQueue<uint> Refused { get; } = new();

    public int KeptCount => Volatile.Read(ref kept);

    public int RefusedCount => Volatile.Read(ref refused);

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>Starts it.</summary>
    /// <param name="folder">Of its store.</param>
    /// <param name="first">The first UID that it gives.</param>
    /// <param name="under">A program that starts it, with its arguments.</param>
    public static AppendingProcess Start(string folder, uint first, params string[] under)
    {
        var self = Environment.ProcessPath!;
        string[] command = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, typeof(AppendingProcess).Assembly.Location] : [self];
        string[] all = [.. under, .. command, Command, folder, first.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new AppendingProcess(Process.Start(start)!);
    }

    /// <summary>Kills it as <c>kill -9</c> does, and reads what it still said.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await reading;
        // Only then are its files closed, and the lock on the folder with them.
        await process.WaitForExitAsync();
    }

    /// <summary>Lets it close its store and end.</summary>
    public async Task EndAsync()
    {
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private async Task ReadAsync()
    {
        // A last line without its end was cut off by the kill: nobody was told.
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.EndsWith('.'))
                continue;
            var uid = uint.Parse(line.AsSpan(1, line.Length - 2), CultureInfo.InvariantCulture);
            if (line[0] == '+')
            {
                Kept.Enqueue(uid);
                Interlocked.Increment(ref kept);
            }
            else
            {
                Refused.Enqueue(uid);
                Interlocked.Increment(ref refused);
            }
        }
    }

    /// <summary>What the other process does.</summary>
    public static async Task<int> RunAsync(string folder, uint first)
    {
        await using var store = SegmentStore.Open(folder, SegmentFixture.Small with { RetryPause = TimeSpan.FromMilliseconds(5) }, SystemClock.Instance);
        using var output = Console.OpenStandardOutput();
        var ended = Task.Run(() => Console.In.ReadToEnd());
        var next = first;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async _ =>
        {
            while (!ended.IsCompleted)
            {
                var uid = Interlocked.Increment(ref next) - 1;
                var message = SegmentFixture.Message((int)uid, (int)(uid * 37 % 6000));
                var outcome = '+';
                try
                {
                    await store.AppendAsync(SegmentFixture.Head(uid), new ReadOnlySequence<byte>(message), CancellationToken.None);
                }
                catch (IOException)
                {
                    outcome = '-';
                }

                lock (output)
                    output.Write(System.Text.Encoding.ASCII.GetBytes($"{outcome}{uid}.\n"));
            }
        }));
        return 0;
    }
}
