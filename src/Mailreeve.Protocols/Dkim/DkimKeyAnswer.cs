namespace Mailreeve.Protocols.Dkim;

/// <summary>What the DNS said when it was asked for a key.</summary>
public abstract record DkimKeyAnswer
{
    private DkimKeyAnswer()
    {
    }

    /// <summary>TXT records, the strings of each joined; one, where the domain is in order.</summary>
    public sealed record Found(IReadOnlyList<string> Texts) : DkimKeyAnswer;

    /// <summary>There is no such name, or it has no TXT record.</summary>
    public sealed record Missing : DkimKeyAnswer;

    /// <summary>No answer, or one that says to come back later.</summary>
    public sealed record Failed(string Reason) : DkimKeyAnswer;
}
