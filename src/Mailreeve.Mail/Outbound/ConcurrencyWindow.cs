namespace Mailreeve.Mail.Outbound;

/// <summary>How many connections one destination gets at once: more while it welcomes them, fewer when it does not.</summary>
/// <param name="max">Connections at most, 1 or more.</param>
/// <remarks>
/// Begins at 5; each message that is taken adds the Nth part of one connection, each connection that fails takes it away again. When as
/// many fail in a row as were allowed at once, and none is open, the destination is dead, and one connection finds out whether it still is.
/// </remarks>
internal sealed class ConcurrencyWindow(int max)
{
    private const double Begin = 5;

    private double window = Math.Min(Begin, max);
    private int failures;
    private int cohort;

    /// <summary>Connections now.</summary>
    public int Allowed => Math.Max(1, (int)window);

    /// <summary>How often it was found dead since it last answered.</summary>
    public int Deaths { get; private set; }

    /// <summary>A server answered and did not turn us away.</summary>
    public void Succeeded()
    {
        if (Deaths > 0)
            window = Math.Min(Begin, max);
        (failures, Deaths) = (0, 0);
        window = Math.Min(max, window + (1 / window));
    }

    /// <summary>No server could be talked to.</summary>
    /// <param name="othersAreOpen">Whether other connections are open: then it was one too many, and no sign of death.</param>
    /// <returns>Whether the destination is dead now.</returns>
    public bool Failed(bool othersAreOpen)
    {
        if (failures++ == 0)
            cohort = Allowed;
        window = Math.Max(1, window - (1 / window));
        if (othersAreOpen)
            failures = 0;
        if (othersAreOpen || failures < cohort)
            return false;
        (window, failures) = (1, 0);
        Deaths++;
        return true;
    }
}
