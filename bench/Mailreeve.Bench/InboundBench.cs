using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Mail.Inbound;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Dnsbl;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>
/// What it costs to check a message of 4 KiB from outside: SPF with an include, two DNS lists, the name of the client's address, DMARC; once
/// without a signature, once with one of RSA with 2,048 bits. What the DNS says is in memory.
/// </summary>
internal static class InboundBench
{
    private const int Messages = 5_000;

    private static readonly Address Client = Address.Parse("192.0.2.25");

    /// <summary>Measures and prints a line for each.</summary>
    public static async Task RunAsync(CancellationToken stop)
    {
        using var rsa = RSA.Create(2048);
        var key = DkimSigningKey.From(new DkimKeyName("s1", "sender.example"), DkimAlgorithm.RsaSha256, rsa.ExportPkcs8PrivateKey());
        await using var dns = new DnsPeer { TtlSeconds = 3600 }
            .Text("sender.example", "v=spf1 include:_spf.sender.example -all").Text("_spf.sender.example", "v=spf1 ip4:192.0.2.0/24 -all")
            .Text("_dmarc.sender.example", "v=DMARC1; p=reject").Text("s1._domainkey.sender.example", key.RecordText)
            .Pointer("192.0.2.25", "out.sender.example").Address("out.sender.example", "192.0.2.25")
            .Address("2.0.0.127.one.example", "127.0.0.2").Address("2.0.0.127.two.example", "127.0.0.2");
        var folder = System.IO.Directory.CreateTempSubdirectory("mailreeve-bench-").FullName;
        try
        {
            await using var database = Database.Open($"sqlite:{Path.Combine(folder, "bench.db")}");
            var checks = await ChecksAsync(database, dns, stop);
            var plain = Message();
            await MeasureAsync(checks, "without a signature", plain);
            var body = SHA256.HashData(plain.AsSpan(plain.AsSpan().IndexOf("\r\n\r\n"u8) + 4));
            await MeasureAsync(checks, "signed, RSA 2048", [.. DkimSigner.Of(DkimMessage.Read(plain), body).Sign(key, SystemClock.Instance.GetCurrentInstant()), .. plain]);
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<InboundChecks> ChecksAsync(Database database, DnsPeer dns, CancellationToken stop)
    {
        var options = new InboundOptions { MessagesPerMinute = 100_000_000, Lists = [List("one.example"), List("two.example")] };
        var clock = SystemClock.Instance;
        var cache = new DnsCache(DnsCache.Resolver(dns.EndPoint), clock);
        var lists = new DnsListWatch(options.Lists, cache, NullLogger<DnsListWatch>.Instance);
        await lists.ProbeAsync(stop);
        return new InboundChecks(
            options, "mx.provider.example", new OwnDomains(["provider.example"]), PublicSuffixList.BuiltIn, cache, lists,
            new Greylist(database, options, new byte[32], clock), null, null, new InboundJournal(database, options, clock, NullLogger<InboundJournal>.Instance),
            clock, TimeProvider.System);
    }

    private static async Task MeasureAsync(InboundChecks checks, string what, byte[] message)
    {
        IReadOnlyList<AcceptedRecipient> to = [new AcceptedRecipient(Mailbox.ParseOrNull("kim@provider.example")!, new MailRoute.ToMailbox(new MailboxId(1)))];
        var least = double.MaxValue;
        long allocated = 0;
        var results = "";
        for (var pass = 0; pass < 6; pass++)
        {
            var octets = GC.GetTotalAllocatedBytes();
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            for (var i = 0; i < Messages; i++)
            {
                var findings = await checks.JudgeAsync(Client, "out.sender.example", Mailbox.ParseOrNull("ann@sender.example"), new ReadOnlySequence<byte>(message), to, "bench");
                results = Encoding.UTF8.GetString(findings!.Header);
            }

            least = Math.Min(least, (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / Messages);
            allocated = (GC.GetTotalAllocatedBytes() - octets) / Messages;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"inbound   {what,-40} {least,10:0.0} µs of processor time  {allocated,9} octets allocated"));
        Console.WriteLine(results);
    }

    private static DnsList List(string zone) => new(zone, DnsListKind.Address, [new DnsListCode(Prefix.Parse("127.0.0.2"), "sends spam", 10)]);

    private static byte[] Message() => Encoding.ASCII.GetBytes(
        "From: Ann <ann@sender.example>\r\nTo: kim@provider.example\r\nSubject: hello\r\nDate: Thu, 05 Mar 2026 04:05:06 +0000\r\n"
        + "Message-ID: <1@sender.example>\r\n\r\n" + string.Concat(Enumerable.Repeat("Some words in a line that is neither long nor short, and so on.\r\n", 60)));
}
