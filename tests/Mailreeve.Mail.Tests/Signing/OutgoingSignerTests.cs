using System.Buffers;
using System.Text;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Tests.Outbound;
using Mailreeve.Policy;
using Mailreeve.Policy.Tracing;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using NodaTime.Testing;

namespace Mailreeve.Mail.Tests.Signing;

public class OutgoingSignerTests
{
    private static readonly Provider Provider = new()
    {
        Name = "Example Internet",
        Domains = ["provider.example", "other.example"],
        HostName = "mail.provider.example",
        BaseUrl = "https://mail.provider.example",
        SupportTelephone = "+1 555 0100",
        Networks = [],
        NeverBlock = [],
    };

    private static readonly SubmissionFacts Facts = new()
    {
        Id = 7,
        Customer = Some.Customer.Id,
        Mailbox = new MailboxId(11),
        At = Some.Time,
        EnvelopeFrom = "kim@provider.example",
        Recipients = ["lee@birch.example", "ash@birch.example"],
        HeaderFromDomain = "provider.example",
        ListId = null,
    };

    private static readonly byte[] Message =
        "From: kim@provider.example\r\nTo: lee@birch.example\r\nSubject: The boat\r\n\r\nit came in this morning, and with it the two crates.\r\n"u8.ToArray();

    private readonly FakeClock clock = Some.Clock();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_from_our_own_domain_gets_a_trace_an_address_for_complaints_and_both_signatures()
    {
        await using var database = await PreparedAsync();

        var signed = SignerOf(database).HeadersFor(Facts, new ReadOnlySequence<byte>(Message));

        byte[] whole = [.. signed.Lines, .. Message];
        var verdicts = Verify(database, whole);
        Assert.Equal([DkimAlgorithm.RsaSha256, DkimAlgorithm.Ed25519Sha256], verdicts.Select(v => v.Signature!.Algorithm));
        // RFC 9477 §3.1: both fields must be signed by the domain of the address.
        Assert.All(verdicts, v =>
        {
            Assert.True(v.Passes, v.Reason);
            Assert.Equal("provider.example", v.Domain);
            Assert.Superset(
                (HashSet<string>)["From", "CFBL-Address", "CFBL-Feedback-ID", "Feedback-ID", "Mailreeve-Trace"], v.Signature!.SignedFields.ToHashSet());
        });
        var header = DkimMessage.Read(whole);
        Assert.Equal("abuse@provider.example; report=arf", header.ValueOrNull("CFBL-Address"));
        Assert.Equal(signed.TraceId, header.ValueOrNull("CFBL-Feedback-ID"));
        Assert.Matches("^[a-z2-7]{10}:[a-z2-7]{10}:mail:providerexample$", header.ValueOrNull("Feedback-ID"));
        Assert.All(Encoding.ASCII.GetString(signed.Lines).Split("\r\n"), line => Assert.True(line.Length <= 78, line));
    }

    [Fact]
    public async Task What_is_kept_of_a_message_is_what_its_trace_is_bound_to()
    {
        await using var database = await PreparedAsync();
        var signed = SignerOf(database).HeadersFor(Facts, new ReadOnlySequence<byte>(Message));
        await KeepAsync(database.Db, Facts, signed);

        byte[] whole = [.. signed.Lines, .. Message];
        var trace = Assert.Single(await database.Db.ReadAsync(db => MessageTrace.OfAsync(db, whole, Some.Time, Stop), Stop));

        Assert.Equal((TraceVerdict.Genuine, 7), (trace.Verdict, trace.Submission!.Id));
        Assert.Equal(TraceBinding.EnvelopeHashOf("KIM@provider.example", ["ash@birch.example", "LEE@birch.example"]), signed.EnvelopeHash);
    }

    [Fact]
    public async Task A_trace_holds_after_its_secret_was_changed_and_goes_stale_a_year_later()
    {
        await using var database = await PreparedAsync();
        var signed = SignerOf(database).HeadersFor(Facts, new ReadOnlySequence<byte>(Message));
        await KeepAsync(database.Db, Facts, signed);
        byte[] whole = [.. signed.Lines, .. Message];

        clock.Advance(Duration.FromDays(91));
        await using var names = new NamePeer();
        await ClerkOf(database, names).WorkAsync(Stop);
        var later = SignerOf(database).HeadersFor(Facts, new ReadOnlySequence<byte>(Message));

        Assert.NotEqual(signed.TraceKeyId, later.TraceKeyId);
        Assert.Equal(TraceVerdict.Genuine, await VerdictAsync(database.Db, whole, clock.GetCurrentInstant()));
        Assert.Equal(TraceVerdict.Stale, await VerdictAsync(database.Db, whole, clock.GetCurrentInstant() + Duration.FromDays(366)));
    }

    [Fact]
    public async Task Anything_that_the_log_says_otherwise_makes_a_trace_forged()
    {
        foreach (var other in (SubmissionFacts[])
            [
                Facts with { Id = 8 },
                Facts with { Mailbox = null },
                Facts with { At = Facts.At + Duration.FromMilliseconds(1) },
                Facts with { EnvelopeFrom = "lee@provider.example" },
                Facts with { Recipients = ["lee@birch.example"] },
            ])
        {
            await using var database = await PreparedAsync();
            var signed = SignerOf(database).HeadersFor(Facts, new ReadOnlySequence<byte>(Message));
            var otherwise = SignerOf(database).HeadersFor(other, new ReadOnlySequence<byte>(Message));
            await KeepAsync(database.Db, other, signed with { EnvelopeHash = otherwise.EnvelopeHash });

            Assert.Equal(TraceVerdict.Forged, await VerdictAsync(database.Db, [.. signed.Lines, .. Message], Some.Time));
        }
    }

    [Fact]
    public async Task Two_messages_have_nothing_in_common_that_others_could_count_by_but_the_sender()
    {
        await using var database = await PreparedAsync();
        var signer = SignerOf(database);

        var one = signer.HeadersFor(Facts, new ReadOnlySequence<byte>(Message));
        var two = signer.HeadersFor(Facts with { Id = 8 }, new ReadOnlySequence<byte>(Message));
        var other = signer.HeadersFor(Facts with { Id = 9, Mailbox = new MailboxId(12), ListId = "boats.provider.example" }, new ReadOnlySequence<byte>(Message));

        Assert.NotEqual(one.TraceId, two.TraceId);
        Assert.Equal(FeedbackOf(one), FeedbackOf(two));
        Assert.NotEqual(FeedbackOf(one)[0], FeedbackOf(other)[0]);
        Assert.Equal(FeedbackOf(one)[1], FeedbackOf(other)[1]);
        Assert.Equal("list", FeedbackOf(other)[2]);
    }

    [Fact]
    public async Task A_customers_domain_signs_once_its_records_are_seen_and_ours_signs_beside_it()
    {
        await using var database = await PreparedAsync();
        await using var names = new NamePeer();
        var clerk = ClerkOf(database, names);
        var facts = Facts with { HeaderFromDomain = "alder.example" };
        await database.Db.WriteAsync(
            async db =>
            {
                await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
                await new MailDomainStore(db).AddAsync("alder.example", Some.Customer.Id, Some.Time, Stop);
            }, Stop);

        await clerk.WorkAsync(Stop);
        Assert.Equal(["provider.example", "provider.example"], DomainsOf(SignerOf(database).HeadersFor(facts, new ReadOnlySequence<byte>(Message))));

        foreach (var key in (await new DomainKeys(database.Db, Provider, clock).OfAsync("Alder.example.", Stop))!)
            names.Text($"{key.Name}", key.RecordText);
        clock.Advance(Duration.FromMinutes(11));
        await clerk.WorkAsync(Stop);

        var signer = SignerOf(database);
        // One of ours is enough, and the others are the sender's (RFC 9477 §3.1.3).
        Assert.Equal(["alder.example", "alder.example", "provider.example"], DomainsOf(signer.HeadersFor(facts, new ReadOnlySequence<byte>(Message))));
        Assert.Equal(
            ["alder.example", "alder.example", "provider.example"],
            DomainsOf(signer.HeadersFor(facts with { HeaderFromDomain = "dept.ALDER.example" }, new ReadOnlySequence<byte>(Message))));
        Assert.Equal(
            ["provider.example", "provider.example"],
            DomainsOf(signer.HeadersFor(facts with { HeaderFromDomain = null }, new ReadOnlySequence<byte>(Message))));
    }

    [Fact]
    public async Task A_successor_signs_once_it_is_seen_and_until_then_the_old_key_does()
    {
        await using var database = await PreparedAsync();
        await using var names = new NamePeer();
        var clerk = ClerkOf(database, names);
        var keys = new DomainKeys(database.Db, Provider, clock);
        var before = SelectorsOf(SignerOf(database).HeadersFor(Facts, new ReadOnlySequence<byte>(Message)));

        clock.Advance(Duration.FromDays(1));
        Assert.Equal(2, await keys.RotateAsync("provider.example", Stop));
        await clerk.WorkAsync(Stop);
        Assert.Equal(before, SelectorsOf(SignerOf(database).HeadersFor(Facts, new ReadOnlySequence<byte>(Message))));

        foreach (var key in (await keys.OfAsync("provider.example", Stop))!)
            names.Text($"{key.Name}", key.RecordText);
        clock.Advance(Duration.FromMinutes(11));
        await clerk.WorkAsync(Stop);

        Assert.Empty(before.Intersect(SelectorsOf(SignerOf(database).HeadersFor(Facts, new ReadOnlySequence<byte>(Message)))));
        Assert.Equal(2, (await keys.OfAsync("provider.example", Stop))!.Count);
    }

    [Fact]
    public async Task Many_sign_at_once()
    {
        await using var database = await PreparedAsync();
        var signer = SignerOf(database);

        var signed = await Task.WhenAll(Enumerable.Range(0, 64).Select(n => Task.Run(() => signer.HeadersFor(Facts with { Id = n }, new ReadOnlySequence<byte>(Message)), Stop)));

        Assert.All(signed, s => Assert.All(Verify(database, [.. s.Lines, .. Message]), v => Assert.True(v.Passes, v.Reason)));
        Assert.Equal(64, signed.Select(s => s.TraceId).Distinct().Count());
    }

    [Fact]
    public async Task Nobody_here_sends_from_a_domain_that_is_neither_ours_nor_a_customers()
    {
        await using var database = await PreparedAsync();

        Assert.Null(await new DomainKeys(database.Db, Provider, clock).OfAsync("birch.example", Stop));
    }

    private static OutgoingSigner SignerOf(TempDatabase database) => new(() => database.Views.SigningKeys, Provider, new FeedbackKey(new byte[32]));

    private static IReadOnlyList<DkimVerdict> Verify(TempDatabase database, byte[] message)
    {
        var keys = database.Views.SigningKeys.Dkim.Select(SigningKeyMaking.Read).ToDictionary(k => k.Name);
        return DkimVerification.Begin(DkimMessage.Read(message)).Judge(name => new DkimKeyAnswer.Found([keys[name].RecordText]), Some.Time);
    }

    private static List<string> DomainsOf(SignedHeaders signed) =>
        [.. DkimVerification.Begin(DkimMessage.Read(signed.Lines)).Judge(_ => new DkimKeyAnswer.Missing(), Some.Time).Select(v => v.Domain!)];

    private static List<string> SelectorsOf(SignedHeaders signed) => [.. DkimVerification.Begin(DkimMessage.Read(signed.Lines)).Wanted.Select(k => k.Selector)];

    private static string[] FeedbackOf(SignedHeaders signed) => DkimMessage.Read(signed.Lines).ValueOrNull("Feedback-ID")!.Split(':');

    private static async Task<TraceVerdict> VerdictAsync(Database database, byte[] message, Instant now) =>
        (await database.ReadAsync(db => MessageTrace.OfAsync(db, message, now, Stop), Stop))[0].Verdict;

    private SigningKeyClerk ClerkOf(TempDatabase database, NamePeer names) =>
        new(database.Db, database.Views, Provider, new DkimKeyLookup(names.Resolver), clock, NullLogger<SigningKeyClerk>.Instance);

    private async Task<TempDatabase> PreparedAsync()
    {
        var database = await TempDatabase.OpenAsync();
        await SigningKeyClerk.PrepareAsync(database.Db, Provider, clock, Stop);
        return database;
    }

    private static Task KeepAsync(Database database, SubmissionFacts facts, SignedHeaders signed) =>
        database.WriteAsync(async db =>
        {
            await new CustomerStore(db).AddAsync([Some.Customer], Some.Time, Stop);
            await db.ExecuteAsync("""
                INSERT INTO submission (id, at, customer_id, mailbox_id, client_address, helo, envelope_from, header_from, message_id, recipients, size,
                                        trace_id, trace_key_id, envelope_hash, body_hash, counted, counted_first, subject)
                VALUES (@id, @at, @customer, @mailbox, @client, '', @from, @from, '', @recipients, 1, @traceId, @key, @envelopeHash, @bodyHash, 0, 0, '')
                """,
                new
                {
                    id = facts.Id,
                    at = facts.At,
                    customer = facts.Customer,
                    mailbox = facts.Mailbox,
                    client = Some.Address,
                    from = facts.EnvelopeFrom,
                    recipients = (long)facts.Recipients.Count,
                    traceId = signed.TraceId,
                    key = signed.TraceKeyId,
                    envelopeHash = signed.EnvelopeHash,
                    bodyHash = signed.BodyHash,
                }, Stop);
        }, Stop);
}
