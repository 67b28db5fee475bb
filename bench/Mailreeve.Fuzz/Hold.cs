namespace Mailreeve.Fuzz;

/// <summary>What a target promises of every input.</summary>
internal static class Hold
{
    /// <summary>States that something holds.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="what">What, for the finding.</param>
    /// <exception cref="BrokenPromiseException">It does not.</exception>
    public static void That(bool holds, string what)
    {
        if (!holds)
            throw new BrokenPromiseException(what);
    }

    /// <summary>States that two runs over the same octets saw the same.</summary>
    /// <param name="whole">What was seen when they came in one piece.</param>
    /// <param name="cut">What was seen when they came in several.</param>
    /// <exception cref="BrokenPromiseException">They differ.</exception>
    public static void Same(IReadOnlyList<string> whole, IReadOnlyList<string> cut)
    {
        for (var i = 0; i < Math.Max(whole.Count, cut.Count); i++)
        {
            var (expected, actual) = (i < whole.Count ? whole[i] : "(nothing)", i < cut.Count ? cut[i] : "(nothing)");
            if (expected != actual)
                throw new BrokenPromiseException($"Cut into pieces it is something else: '{expected}' is '{actual}'.");
        }
    }
}

/// <summary>Something did not hold that a target promises.</summary>
public sealed class BrokenPromiseException : Exception
{
    public BrokenPromiseException()
    {
    }

    public BrokenPromiseException(string message)
        : base(message)
    {
    }

    public BrokenPromiseException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
