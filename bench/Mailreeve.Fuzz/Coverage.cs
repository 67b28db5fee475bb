using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpFuzz;
using SharpFuzz.Common;

namespace Mailreeve.Fuzz;

/// <summary>Which branches of the parsers an input has taken: the counters that SharpFuzz puts into the assembly.</summary>
/// <remarks>
/// The copy beside this program is changed before it is loaded, in place: the next build puts the original there again. Counts are
/// told apart as AFL does it (1, 2, 3, 4–7, 8–15 …), so that a loop that runs a little longer is no news.
/// </remarks>
internal sealed unsafe class Coverage
{
    private const int Bytes = 1 << 16;

    private readonly byte* counters = (byte*)NativeMemory.AllocZeroed(Bytes);
    private readonly byte[] seen = new byte[Bytes];

    private Coverage() => Trace.SharedMem = counters;

    /// <summary>Places in which something was counted so far.</summary>
    public int Places => seen.Count(s => s != 0);

    /// <summary>Puts counters into the assembly. Nothing of it may have been used before.</summary>
    public static Coverage Begin()
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Mailreeve.Protocols.dll");
        try
        {
            _ = Fuzzer.Instrument(assembly, static _ => true, Options.Value).Count();
        }
        catch (InstrumentationException e) when (e.Message.Contains("already", StringComparison.Ordinal))
        {
            // By a run before this one.
        }

        return new Coverage();
    }

    /// <summary>Forgets what was counted.</summary>
    public void Clear()
    {
        new Span<byte>(counters, Bytes).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether the last input went where none has been.</summary>
    public bool IsNew()
    {
        var isNew = false;
        var words = (ulong*)counters;
        for (var word = 0; word < Bytes / 8; word++)
        {
            if (words[word] != 0)
                isNew |= TakeWord(word * 8);
        }

        return isNew;
    }

    private bool TakeWord(int at)
    {
        var isNew = false;
        for (var place = at; place < at + 8; place++)
        {
            var bucket = Bucket(counters[place]);
            isNew |= (seen[place] & bucket) != bucket;
            seen[place] |= bucket;
        }

        return isNew;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Bucket(byte count) => count switch
    {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };
}
