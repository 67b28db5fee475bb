using DnsClient;
using Mailreeve.Mail.Inbound;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Smtp;
using Mailreeve.Mail.Tests.Mailboxes;
using Mailreeve.Mail.Tests.Smtp;
using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Mailboxes;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Storage.Mail;
using Mailreeve.Storage.Mailboxes;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailreeve.Mail.Tests.Inbound;

/// <summary>A listener that checks what comes in, with mailboxes behind it and a name server that knows what a test tells it.</summary>
/// <remarks>The client is always 127.0.0.1; whether it may send for a domain is what the zones say.</remarks>
internal sealed class InboundServer : IAsyncDisposable
{
    // Long enough for a machine that has much else to do (the cache gives up before); a test of a silent name server says how long it waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static int names;

    private readonly SmtpTestServer server;
    private readonly InboundJournal journal;
    private readonly MailboxHost host;

    private InboundServer(SmtpTestServer server, InboundJournal journal, MailboxHost host, DnsListWatch lists) =>
        (this.server, this.journal, this.host, Lists) = (server, journal, host, lists);

    public DnsListWatch Lists { get; }

    public SmtpTestServer Smtp => server;

    public static async Task<InboundServer> StartAsync(
        MailboxHost host, DnsPeer dns, InboundOptions? options = null, Func<SmtpServerParts, SmtpServerParts>? change = null,
        TimeSpan? lookupTimeout = null)
    {
        options = (options ?? new InboundOptions()) with { LookupTimeout = lookupTimeout ?? Patience };
        var asking = MxLookup.Options(dns.EndPoint);
        (asking.UseCache, asking.Timeout) = (false, Patience);
        var cache = new DnsCache(new LookupClient(asking), host.Clock);
        var lists = new DnsListWatch(options.Lists, cache, NullLogger<DnsListWatch>.Instance);
        await lists.ProbeAsync(TestContext.Current.CancellationToken);
        var journal = new InboundJournal(host.Database, options, host.Clock, NullLogger<InboundJournal>.Instance);
        var checks = new InboundChecks(
            options, "mx.provider.example", new OwnDomains(["provider.example"]), PublicSuffixList.BuiltIn, cache, lists,
            new Greylist(host.Database, options, new byte[32], host.Clock),
            options.Rspamd is null ? null : new RspamdClient(options, host.Clock, NullLogger<RspamdClient>.Instance),
            options.Clamd is null ? null : new ClamdClient(options, host.Clock, NullLogger<ClamdClient>.Instance),
            journal, host.Clock, TimeProvider.System);
        change ??= parts => parts;
        var server = await SmtpTestServer.StartAsync(parts => change(parts with { Checks = checks, Mailboxes = host.Delivery, Clock = host.Clock }));
        return new InboundServer(server, journal, host, lists);
    }

    /// <summary>A mailbox whose user wants that.</summary>
    public async Task<(MailboxId Id, string Address)> AddMailboxAsync(SpamChoice choice = SpamChoice.Junk)
    {
        var address = $"user{Interlocked.Increment(ref names)}.{Guid.NewGuid():N}@provider.example";
        var id = await host.AddMailboxAsync(address);
        if (choice != SpamChoice.Junk)
            await host.Database.WriteAsync(db => new MailboxStore(db).SetSpamAsync(id, choice, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        return (id, address);
    }

    /// <summary>Sends a message.</summary>
    /// <returns>The reply to the first RCPT that was refused, or the one to the message.</returns>
    public async Task<string> SendAsync(string from, IEnumerable<string> to, string content, string helo = "client.example")
    {
        using var peer = await server.ConnectAsync();
        await peer.ReplyAsync();
        await peer.AskAsync($"EHLO {helo}");
        var reply = await peer.AskAsync($"MAIL FROM:<{from}>");
        if (!reply.StartsWith("250", StringComparison.Ordinal))
            return reply;
        foreach (var recipient in to)
        {
            reply = await peer.AskAsync($"RCPT TO:<{recipient}>");
            if (!reply.StartsWith("250", StringComparison.Ordinal))
                return reply;
        }

        await peer.AskAsync("DATA");
        await peer.SendAsync($"{content}\r\n.\r\n");
        return await peer.ReplyAsync();
    }

    /// <summary>The only message in a folder.</summary>
    public async Task<string> OnlyMessageAsync(MailboxId mailbox, string folder = "INBOX") =>
        host.TextOf(Assert.Single((await host.ViewOfAsync(mailbox)).Folders[folder].Messages.Span.ToArray()));

    public async Task<int> CountAsync(MailboxId mailbox, string folder) => (await host.ViewOfAsync(mailbox)).Folders[folder].Messages.Span.Length;

    /// <summary>The journal, newest first.</summary>
    public async Task<IReadOnlyList<InboundCheckEntry>> JournalAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        await journal.WriteAsync(stop);
        return await host.Database.ReadAsync(db => new InboundCheckStore(db).LatestAsync(null, 100, stop), stop);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
