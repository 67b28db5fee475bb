namespace Mailreeve.Policy.Reporters;

/// <summary>What a report lacks, as a reporter is asked for it.</summary>
public static class MissingFactWords
{
    /// <summary>One sentence.</summary>
    public static string Of(MissingFact fact) => fact switch
    {
        MissingFact.Source => "What did it come from? We need an IP address or a web address, or the message itself.",
        MissingFact.Headers => "The message with all of its header lines (“show original” in your mail program), best as an attachment.",
        MissingFact.Time => "When did it happen? To the second if you can, and with the time zone: addresses change hands.",
        MissingFact.Port => "From which source port did it come? Several customers shared the address.",
        _ => throw new System.Diagnostics.UnreachableException($"No words for {fact}."),
    };
}
