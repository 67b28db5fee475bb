using System.Net;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Accounts;
using Mailreeve.Testing;
using MimeKit;
using NodaTime;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>C2: a customer's own mail server sends through ours and signs in nowhere. Who has its address at that moment answers for the mail.</summary>
[Collection(nameof(NetworkOfPeers))]
public sealed class CustomersServerTests(NetworkOfPeers network)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_customers_postfix_is_known_by_its_address_as_long_as_that_is_theirs()
    {
        var net = await network.UpAsync();
        var server = net.CustomersServer;
        await using var postfix = new MailPeer(
            server, MailPeerSetups.CustomersPostfix(server, net.Provider.Host, net.Authority), net.Authority.Issue("mx.alder.example"));
        await postfix.StartAsync(net.Names, Stop);
        var customer = await AddCustomerAsync(net, server.Addresses[0], server.Addresses[1]);
        await Eventually.TrueAsync(() => IsTakenAsync(net, server.Addresses[0]));

        // By port 587, from either address, and by port 25.
        foreach (var (name, address) in new[] { ("office", server.Addresses[0]), ("former", server.Addresses[1]), ("shop", server.Addresses[0]) })
            await IsSentAndTracedAsync(net, postfix, name, address, customer);

        // An address that has never been a customer's, by both ports.
        Assert.Contains("530 5.7.0", await IsRefusedAsync(postfix, "stranger"), StringComparison.Ordinal);
        Assert.Contains("550 5.7.1", await IsRefusedAsync(postfix, "passer"), StringComparison.Ordinal);

        // One that is the customer's no more.
        await EndAsync(net, customer, server.Addresses[1]);
        await Eventually.TrueAsync(async () => !await IsTakenAsync(net, server.Addresses[1]));
        Assert.Contains("530 5.7.0", await IsRefusedAsync(postfix, "former"), StringComparison.Ordinal);
        await IsSentAndTracedAsync(net, postfix, "office", server.Addresses[0], customer);
    }

    private static async Task IsSentAndTracedAsync(NetworkOfPeers net, MailPeer postfix, string name, IPAddress address, CustomerFact customer)
    {
        var message = Mail(name);
        await postfix.SendAsync($"{name}@alder.example", "bob@postfix.example", message, Stop);
        await net.Peers["postfix"].ArrivedAsync(message.MessageId!);

        var file = RunFolder.NewPath("message.eml");
        await File.WriteAllTextAsync(
            file, net.Peers["postfix"].Delivered().Single(t => t.Contains($"<{message.MessageId}>", StringComparison.Ordinal)), System.Text.Encoding.Latin1, Stop);
        var trace = await Program.RunAsync(Stop, "trace", file, "-c", net.Provider.Process.ConfigPath);

        Assert.True(trace.ExitCode == 0, trace.Output + trace.Errors);
        Assert.Contains($"customer    {customer.Name}, {customer.RegNumber}", trace.Output, StringComparison.Ordinal);
        Assert.Contains("mailbox     none: the customer's own server", trace.Output, StringComparison.Ordinal);
        Assert.Contains($" from {address}, ", trace.Output, StringComparison.Ordinal);
    }

    // The customer's server brings the message back to its own user, with our reply.
    private static async Task<string> IsRefusedAsync(MailPeer postfix, string name)
    {
        var message = Mail(name);
        await postfix.SendAsync($"{name}@alder.example", "bob@postfix.example", message, Stop);
        string? returned = null;
        await Eventually.TrueAsync(
            () => (returned = postfix.Delivered().FirstOrDefault(t => t.Contains($"<{message.MessageId}>", StringComparison.Ordinal))) is not null,
            $"what {name} sends comes back");
        return returned!;
    }

    private static MimeMessage Mail(string name) => SampleMail.Text($"From {name}", from: $"{name}@alder.example");

    private static Task<CustomerFact> AddCustomerAsync(NetworkOfPeers net, params IPAddress[] addresses) => net.Provider.Database.Database.WriteAsync(async db =>
    {
        // Old enough to be trusted with the full limits (C1).
        var since = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(100);
        var store = new CustomerStore(db);
        var customer = Some.Customer with
        {
            Id = new CustomerId(await db.NextIdsAsync("customer", 1, Stop)),
            RegNumber = $"{await store.NextRegNumberAsync(Stop)}",
            Name = "Alder Hosting and Daughters",
        };
        await store.AddAsync([customer], since, Stop);
        await store.PutServicesAsync(
            [new Service { Id = 0, Customer = customer.Id, Kind = ServiceKind.MailRelay, Name = "relay", State = ServiceState.Active }], Stop);
        await store.AssignAsync(
            [
                .. addresses.Select(a => Some.Assignment with { Customer = customer.Id, Prefix = Prefix.Single(Address.From(a)), ValidFrom = since }),
                Some.Assignment with { Customer = customer.Id, Prefix = null, Domain = "alder.example", ValidFrom = since },
            ],
            since, Stop);
        return customer;
    }, Stop);

    private static Task EndAsync(NetworkOfPeers net, CustomerFact customer, IPAddress address) => net.Provider.Database.Database.WriteAsync(async db =>
    {
        var now = SystemClock.Instance.GetCurrentInstant();
        var store = new CustomerStore(db);
        var ending = (await store.AssignmentsOfAsync(customer.Id, Stop)).Single(a => a.Prefix == Prefix.Single(Address.From(address)));
        await store.SupersedeAsync([ending], now, Stop);
        await store.AssignAsync([ending with { ValidTo = now }], now, Stop);
    }, Stop);

    // The program learns of what others write into its database a moment later.
    private static async Task<bool> IsTakenAsync(NetworkOfPeers net, IPAddress address)
    {
        using var peer = await DoorPeer.ComeAsync(net, net.CustomersServer, 25, user: null, Stop, address);
        await peer.SayAsync("MAIL FROM:<office@alder.example>");
        var isTaken = (await peer.SayAsync("RCPT TO:<bob@postfix.example>")).StartsWith("250", StringComparison.Ordinal);
        await peer.SayAsync("QUIT");
        return isTaken;
    }
}
