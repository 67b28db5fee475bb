using System.Buffers;
using System.Text;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Policy;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Segments;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Mail.Tests.Outbound;

/// <summary>The queue with everything that empties it. Destinations are worked on when the test says so, all at once.</summary>
internal sealed class QueueHost : IAsyncDisposable
{
    public static readonly Instant Start = Instant.FromUtc(2026, 3, 5, 4, 5, 6);

    private static readonly Provider Provider = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example"],
        HostName = "mx.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [],
        NeverBlock = [],
    };

    private readonly Dictionary<string, Destination> destinations = new(StringComparer.Ordinal);
    private readonly string folder;
    private readonly List<Task<int>> working = [];
    private long submissions;

    private QueueHost(TempDatabase temp, string folder, OutboundOptions options, NamePeer? dns, LocalDelivery? local)
    {
        (Temp, this.folder) = (temp, folder);
        Segments = new QueueSegments(SegmentStore.Open(folder, new SegmentOptions { SegmentBytes = 1 << 20, FillStepBytes = 1 << 18 }, Clock));
        Parts = new OutboundParts
        {
            Database = temp.Db,
            Options = options,
            Exchangers = new MxLookup(dns?.Resolver ?? MxLookup.Resolver(), options.HostName),
            Dialler = new SmtpDialler(options.HostName, new ClientTimes(), TimeProvider.System),
            Tls = TlsPolicies.None,
            Blocks = () => temp.Views.Blocks,
            Segments = Segments,
            Local = local,
            Reports = new DeliveryReports(Provider, options),
            Clock = Clock,
            Log = NullLogger.Instance,
        };
        Clerk = new DispatchClerk(Parts, place =>
        {
            working.Add(WorkOnAsync(place));
            return Task.CompletedTask;
        });
        Overdue = new OverdueClerk(Parts);
        Upkeep = new QueueUpkeepClerk(Parts);
        Outbox = new Outbox(temp.Db, Segments);
    }

    public TempDatabase Temp { get; }

    public FakeClock Clock { get; } = new(Start);

    public QueueSegments Segments { get; }

    public OutboundParts Parts { get; }

    public DispatchClerk Clerk { get; }

    public OverdueClerk Overdue { get; }

    public QueueUpkeepClerk Upkeep { get; }

    public Outbox Outbox { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<QueueHost> OpenAsync(
        int port, NamePeer? dns = null, Func<OutboundOptions, OutboundOptions>? options = null, LocalDelivery? local = null)
    {
        var o = new OutboundOptions { HostName = "mx.provider.example", ExchangerPort = port, ConnectionIdle = TimeSpan.Zero };
        var folder = System.IO.Directory.CreateTempSubdirectory("mailreeve-queue-").FullName;
        return new QueueHost(await TempDatabase.OpenAsync(), folder, options?.Invoke(o) ?? o, dns, local);
    }

    /// <summary>Sends what is due now.</summary>
    /// <returns>Attempts that were made.</returns>
    public async Task<int> WorkAsync()
    {
        working.Clear();
        await Clerk.WorkAsync(Stop);
        return (await Task.WhenAll(working)).Sum();
    }

    /// <summary>A message of the program itself.</summary>
    public Task AddOwnAsync(string recipient, OutboundPurpose purpose = OutboundPurpose.Notice, string sender = "notice+1@provider.example")
    {
        var message = new NewOutbound
        {
            Id = 1,
            Purpose = purpose,
            SubjectId = 1,
            EnvelopeFrom = sender,
            Recipient = recipient,
            Message = Encoding.ASCII.GetBytes("Subject: x\r\n\r\n.hello\r\n"),
            CreatedAt = Start,
        };
        return Temp.Db.WriteAsync(db => new OutboundStore(db).AddAsync([message], Stop), Stop);
    }

    public async Task<OutboundOutcome?> OutcomeOfOwnAsync(OutboundPurpose purpose = OutboundPurpose.Notice) =>
        (await Temp.Db.ReadAsync(db => new OutboundStore(db).UnreadOutcomesAsync(purpose, 10, Stop), Stop)).SingleOrDefault();

    /// <summary>A message of a customer.</summary>
    public Task PutAsync(params string[] recipients) => PutAsync(m => m, recipients);

    public Task PutAsync(Func<OutgoingMessage, OutgoingMessage> change, params string[] recipients) =>
        Outbox.PutAsync(
            change(new OutgoingMessage
            {
                SubmissionId = ++submissions,
                At = Clock.GetCurrentInstant(),
                EnvelopeFrom = Mailbox.ParseOrNull("kim@customer.example"),
                Recipients = [.. recipients.Select(r => new OutgoingRecipient(Mailbox.ParseOrNull(r)!))],
                Content = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes($"Subject: message {submissions}\r\nX-Kept: yes\r\n\r\n.hello\r\n")),
            }),
            _ => Task.CompletedTask,
            Stop);

    /// <summary>All rows, by id.</summary>
    public Task<IReadOnlyList<Row>> RowsAsync() => Temp.Db.ReadAsync(
        db => db.QueryAsync<Row>("SELECT id, purpose, recipient, state, attempts, last_reply, next_attempt_at, message FROM outbound ORDER BY id", null, Stop), Stop);

    public async ValueTask DisposeAsync()
    {
        foreach (var destination in destinations.Values)
            destination.Dispose();
        Parts.Dispose();
        await Segments.DisposeAsync();
        await Temp.DisposeAsync();
        System.IO.Directory.Delete(folder, recursive: true);
    }

    private Task<int> WorkOnAsync(string place)
    {
        if (!destinations.TryGetValue(place, out var destination))
            destinations[place] = destination = new Destination(place, Parts);
        return destination.IsDead ? Task.FromResult(0) : destination.RunAsync(Stop);
    }

    internal sealed record Row
    {
        public required long Id { get; init; }

        public required OutboundPurpose Purpose { get; init; }

        public required string Recipient { get; init; }

        public required OutboundState State { get; init; }

        public required long Attempts { get; init; }

        public string? LastReply { get; init; }

        public required Instant NextAttemptAt { get; init; }

        public byte[]? Message { get; init; }

        public string Text => Encoding.UTF8.GetString(Message ?? []);
    }
}
