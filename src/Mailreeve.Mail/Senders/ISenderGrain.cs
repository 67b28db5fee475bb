namespace Mailreeve.Mail.Senders;

/// <summary>
/// The owner of what a sender may send; its key is a <see cref="SenderName"/>. It decides before the 250, one message after the other, so
/// that the counts are exact however many connections there are, on however many nodes.
/// </summary>
/// <remarks>
/// A mailbox's owner asks that of its customer before it lets anything out. What was sent is read from <c>submission</c> when the owner
/// comes up; between that and the end, the counts are in memory and bounded by the limits themselves.
/// </remarks>
public interface ISenderGrain : IGrainWithStringKey
{
    /// <summary>Decides about a message. Whoever asks puts it into the queue as it was decided, or takes it back.</summary>
    Task<Admission> AdmitAsync(SendingRequest request);

    /// <summary>A message that was admitted did not get into the queue after all.</summary>
    Task WithdrawAsync(Admission admission);

    /// <summary>Counts a message that another mail server of ours sends, of which only the number of recipients is known.</summary>
    /// <param name="recipients">How many, 1 or more.</param>
    /// <returns>What that server is to do with it. It keeps what is held: nothing comes into our queue.</returns>
    Task<AdmissionOutcome> CountAsync(long recipients);

    /// <summary>Whether a message would be put off whatever it is; asked before it is read. Nothing is counted.</summary>
    Task<bool> IsFullAsync();
}

/// <summary>A message that is to be sent, as its sender's owner must know it.</summary>
[Immutable, GenerateSerializer]
public sealed record SendingRequest
{
    /// <summary>Recipients, each once, as <see cref="RecipientHash"/> writes them; at least one.</summary>
    [Id(0)]
    public required IReadOnlyList<byte[]> Recipients { get; init; }

    /// <summary>SHA-256 of the body.</summary>
    [Id(1)]
    public required byte[] BodyHash { get; init; }

    /// <summary>The list that it names; null for none.</summary>
    [Id(2)]
    public string? ListId { get; init; }

    /// <summary>Recipients who have given no permission for that list; all of them when it names none.</summary>
    [Id(3)]
    public required long WithoutPermission { get; init; }

    /// <summary>Recipients who were never written to before, when the mailbox's owner has counted them; null when nobody has.</summary>
    [Id(4)]
    public long? FirstRecipients { get; init; }
}

/// <summary>What was decided about a message.</summary>
[Immutable, GenerateSerializer]
public sealed record Admission
{
    /// <summary>What becomes of it.</summary>
    [Id(0)]
    public required AdmissionOutcome Outcome { get; init; }

    /// <summary>When it was decided, to the millisecond: the time of the submission.</summary>
    [Id(1)]
    public NodaTime.Instant At { get; init; }

    /// <summary>The number of the hold that it is under; 0 for none.</summary>
    [Id(2)]
    public long Hold { get; init; }

    /// <summary>Who decided that it is held: a mailbox's owner, or its customer's.</summary>
    [Id(3)]
    public string DecidedBy { get; init; } = "";

    /// <summary>Recipients that it counts; 0 for none.</summary>
    [Id(4)]
    public long Counted { get; init; }

    /// <summary>Recipients whom the sender has never written to before, to be remembered with the message when it goes out.</summary>
    [Id(5)]
    public IReadOnlyList<byte[]> First { get; init; } = [];

    /// <summary>Tells it from others in the counts of the one who decided.</summary>
    [Id(6)]
    public long Ticket { get; init; }

    /// <summary>The same in the counts of its customer; 0 when it is not in them.</summary>
    [Id(7)]
    public long CustomerTicket { get; init; }
}

/// <summary>What becomes of a message.</summary>
public enum AdmissionOutcome
{
    /// <summary>It goes out.</summary>
    Accepted,

    /// <summary>It is kept under a hold.</summary>
    Held,

    /// <summary>It stays where it is, for now.</summary>
    Deferred,
}
