namespace Mailreeve.Policy.Relay;

/// <summary>Results of relay tests in words.</summary>
public static class RelayWords
{
    /// <summary>What a test has shown.</summary>
    public static string Of(RelayVerdict verdict) => verdict switch
    {
        RelayVerdict.Waiting => "not made",
        RelayVerdict.Omitted => "left out",
        RelayVerdict.PutOff => "put off",
        RelayVerdict.Refused => "refused",
        RelayVerdict.TookRecipient => "recipient taken, message not",
        RelayVerdict.TookMessage => "message taken, not arrived yet",
        RelayVerdict.NotRelayed => "message taken, not passed on",
        RelayVerdict.CameElsewhere => "arrived another way",
        RelayVerdict.Proven => "relayed",
        _ => $"{verdict}",
    };

    /// <summary>What a run has shown.</summary>
    public static string Of(RelayRunVerdict verdict) => verdict switch
    {
        RelayRunVerdict.Waiting => "waits",
        RelayRunVerdict.Open => "open: it relays",
        RelayRunVerdict.Closed => "closed",
        RelayRunVerdict.Pending => "messages may still arrive",
        RelayRunVerdict.Unreachable => "nobody answers",
        RelayRunVerdict.RefusesTester => "does not talk to us",
        RelayRunVerdict.Incomplete => "not all tests could be made",
        RelayRunVerdict.Unclear => "a person must look",
        RelayRunVerdict.NotAllowed => "may not be tested",
        _ => $"{verdict}",
    };
}
