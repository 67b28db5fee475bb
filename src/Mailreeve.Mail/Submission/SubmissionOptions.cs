namespace Mailreeve.Mail.Submission;

/// <summary>How mail is taken from customers. Read at start.</summary>
public sealed record SubmissionOptions
{
    /// <summary>Whether passwords and mail are taken without TLS. Default no: both would be there for others to read.</summary>
    public bool AllowsPlain { get; init; }

    /// <summary>Whether a customer's own server may send through us, known by its address, if the customer has the service <c>mail-relay</c>. Default no.</summary>
    public bool TakesServers { get; init; }

    /// <summary>Whether such a server may write under any name; otherwise only under those in the customer's domains. Default no.</summary>
    public bool ServersNameAnySender { get; init; }

    /// <summary>Sessions of one mailbox at once, on each node; one more gets 421. Default 20: a mail program opens two or three.</summary>
    public int SessionsPerMailbox { get; init; } = 20;

    /// <summary>Sessions in which one customer's own servers send through us at once, on each node; one more gets 421. Default 50.</summary>
    public int SessionsPerCustomer { get; init; } = 50;

    /// <summary>Messages of one mailbox that are signed and queued at once, on each node; others wait their turn. Default 2: it takes milliseconds.</summary>
    public int MessagesAtOncePerMailbox { get; init; } = 2;

    /// <summary>The same for one customer's own servers. Default 8.</summary>
    public int MessagesAtOncePerCustomer { get; init; } = 8;

    /// <summary>The longest pause before a sender who keeps trying is put off once more. Default 20 seconds: clients wait five minutes (RFC 5321 §4.5.3.2.2).</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Everything that is wrong with these options.</summary>
    public IEnumerable<ConfigProblem> Problems()
    {
        if (SessionsPerMailbox < 1)
            yield return new("sessions-per-mailbox", $"{SessionsPerMailbox} is below 1: nobody could send anything.");
        if (SessionsPerCustomer < 1)
            yield return new("sessions-per-customer", $"{SessionsPerCustomer} is below 1: no server could send anything.");
        if (PauseMax < TimeSpan.Zero || PauseMax > TimeSpan.FromMinutes(2))
            yield return new("pause-seconds-max", $"{PauseMax.TotalSeconds} is outside 0 to 120: clients hang up after five minutes.");
    }
}
