using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.AbuseDesk.Tests;

/// <summary>A message that a customer handed in, as it is in the submission log and as a recipient has it.</summary>
internal sealed record SentMail
{
    private static readonly byte[] Secret = new byte[32];

    public static readonly DkimSigningKey OldKey = Key("old", 1);
    public static readonly DkimSigningKey NewKey = Key("new", 2);

    /// <summary>A key of the same domain that is none of ours.</summary>
    public static readonly DkimSigningKey AlienKey = Key("alien", 3);

    public required long Id { get; init; }

    public required CustomerId Customer { get; init; }

    public required Instant At { get; init; }

    public Address Client { get; init; } = Address.Parse("192.0.2.9");

    public string From { get; init; } = "offers@alder.example";

    public string Subject { get; init; } = "Half price hedge trimmers";

    public string Body { get; init; } = "Order your hedge trimmer today, for half the price, at our garden shop.\r\nThere are only a few of them left.\r\n";

    public string TraceId => TraceMark.IdOf(SHA256.HashData(BitConverter.GetBytes(Id)));

    public string MessageId => string.Create(CultureInfo.InvariantCulture, $"m{Id}@alder.example");

    /// <summary>The line of our server.</summary>
    public string Received => ReceivedBy("mx.provider.example");

    public string Date => $"{Rfc5322(At)}";

    /// <summary>The trace, as it holds.</summary>
    public TraceMark Mark
    {
        get
        {
            var sketch = BodySketch.Of(new System.Buffers.ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(Body)));
            return new TraceMark(TraceId, sketch, Binding.MacOf(Secret, TraceId, sketch));
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private byte[] BodyHash => BodyHasher.Of(new System.Buffers.ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(Body)), Canonicalization.Relaxed);

    private TraceBinding Binding => new()
    {
        Submission = Id, Customer = Customer.Value, Mailbox = null, At = At, EnvelopeHash = new byte[32], BodyHash = BodyHash,
    };

    public static string Rfc5322(Instant at) => InstantPattern.CreateWithInvariantCulture("ddd, dd MMM uuuu HH:mm:ss '+0000'").Format(at);

    public string ReceivedBy(string host, string? client = null) =>
        $"Received: from pc.alder.example ([{client ?? Client.ToString()}])\r\n\tby {host} with ESMTPSA id {TraceId};\r\n\t{Rfc5322(At)}\r\n";

    /// <summary>Its header and body.</summary>
    /// <param name="prefix">Fields on top, each with its line end.</param>
    /// <param name="body">Another body; empty for none.</param>
    /// <param name="from">Another author.</param>
    /// <param name="messageId">Another Message-ID; empty for none.</param>
    public string Text(string prefix = "", string? body = null, string? from = null, string? messageId = null) =>
        $"{prefix}From: Garden Offers <{from ?? From}>\r\nTo: wanda@reporter.example\r\nSubject: {Subject}\r\nDate: {Date}\r\n"
        + (messageId == "" ? "" : $"Message-ID: <{messageId ?? MessageId}>\r\n")
        + $"\r\n{body ?? Body}";

    public string Trace(TraceMark? mark = null) => Encoding.ASCII.GetString((mark ?? Mark).ToField());

    /// <summary>A signature over <see cref="Text"/> without Message-ID, so that only the signature can name the sender.</summary>
    public string Signature(DkimSigningKey key, Instant? at = null)
    {
        var message = Encoding.ASCII.GetBytes(Text(messageId: ""));
        return Encoding.ASCII.GetString(DkimSigner.Of(DkimMessage.Read(message), BodyHash).Sign(key, at ?? At));
    }

    /// <summary>Writes it into the log.</summary>
    public async Task LogAsync(DbSession db, MailboxId? mailbox = null)
    {
        await db.ExecuteAsync("""
            INSERT INTO trace_key (id, secret, created_at)
            VALUES (1, @Secret, 0)
            ON CONFLICT (id) DO NOTHING
            """, new { Secret }, Stop);
        await new SubmissionStore(db).AddAsync(
            new NewSubmission
            {
                Id = Id, At = At, CustomerId = Customer, MailboxId = mailbox, ClientAddress = Client, Helo = "pc", EnvelopeFrom = From, HeaderFrom = From,
                MessageId = $"<{MessageId}>", Recipients = 1, Size = 1, TraceId = TraceId, TraceKeyId = 1, EnvelopeHash = new byte[32], BodyHash = BodyHash,
                Counted = 1, CountedFirst = 0, Subject = "",
            },
            Stop);
    }

    /// <summary>Takes both keys in; the old one is retired by the new one.</summary>
    public static async Task AddKeysAsync(DbSession db, Instant now)
    {
        var store = new DkimKeyStore(db);
        await store.AddAsync(NewRow(OldKey, 1), now, Stop);
        await store.AddAsync(NewRow(NewKey, 2), now, Stop);
        var rows = await store.OfAsync("alder.example", Stop);
        await store.PublishedAsync(rows[^1], now, Stop);
    }

    private static NewDkimKey NewRow(DkimSigningKey key, byte seed) =>
        new(key.Name.Domain, key.Name.Selector, key.Algorithm, Seed(seed), Some.Time - Duration.FromDays(60));

    private static DkimSigningKey Key(string selector, byte seed) =>
        DkimSigningKey.From(DkimKeyName.Of(selector, "alder.example")!, DkimAlgorithm.Ed25519Sha256, Seed(seed));

    private static byte[] Seed(byte seed) => [.. Enumerable.Repeat(seed, 32)];
}
