using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mailreeve.Mail.Signing;
using Mailreeve.Policy;
using Mailreeve.Protocols.Dkim;
using Mailreeve.Protocols.Trace;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>What it costs to sign a message on its way out, and to verify one that comes in. One core.</summary>
internal static class SigningBench
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 10, 15);

    /// <summary>Measures and prints a line for each.</summary>
    public static void Run()
    {
        foreach (var size in (int[])[4 << 10, 64 << 10])
        {
            var message = Message(size);
            var sequence = new ReadOnlySequence<byte>(message);
            var body = DkimMessage.BodyOf(sequence);
            var signer = Signer();
            byte[] signed = [.. signer.HeadersFor(Facts("provider.example"), sequence).Lines, .. message];
            Print(size, "hash of the body", () => BodyHasher.Of(body, Canonicalization.Relaxed));
            Print(size, "sketch of the body", () => BodySketch.Of(body));
            Print(size, "trace, RSA-2048 and Ed25519", () => signer.HeadersFor(Facts("provider.example"), sequence));
            Print(size, "the same and one RSA-2048 more", () => signer.HeadersFor(Facts("alder.example"), sequence));
            Print(size, "verification of both", () => DkimVerification.Begin(DkimMessage.Read(signed)).Judge(Answer, Now));
        }
    }

    private static readonly DkimKeyRow[] Keys =
    [
        .. new[] { "provider.example", "alder.example" }
            .SelectMany(domain => Enum.GetValues<DkimAlgorithm>().Select(algorithm => SigningKeyMaking.Make(domain, algorithm, Now, isPublished: true)))
            .Select((key, n) => new DkimKeyRow
            {
                Id = n,
                Domain = key.Domain,
                Selector = key.Selector,
                Algorithm = key.Algorithm,
                PrivateKey = key.PrivateKey,
                CreatedAt = Now,
                PublishedAt = Now,
            }),
    ];

    private static OutgoingSigner Signer()
    {
        var keys = new SigningKeys(new TraceKeyRow { Id = 1, Secret = new byte[32], CreatedAt = Now }, Keys);
        var provider = new Provider
        {
            Name = "Example Internet",
            Domains = ["provider.example"],
            HostName = "mail.provider.example",
            BaseUrl = "https://mail.provider.example",
            SupportTelephone = "+1 555 0100",
            Networks = [],
            NeverBlock = [],
        };
        return new OutgoingSigner(() => keys, provider, new FeedbackKey(new byte[32]));
    }

    private static readonly Dictionary<DkimKeyName, DkimKeyAnswer> Records =
        Keys.Select(SigningKeyMaking.Read).ToDictionary(k => k.Name, DkimKeyAnswer (k) => new DkimKeyAnswer.Found([k.RecordText]));

    private static DkimKeyAnswer Answer(DkimKeyName name) => Records[name];

    private static SubmissionFacts Facts(string domain) => new()
    {
        Id = 1,
        Customer = new CustomerId(1),
        Mailbox = new MailboxId(1),
        At = Now,
        EnvelopeFrom = $"kim@{domain}",
        Recipients = ["lee@birch.example"],
        HeaderFromDomain = domain,
        ListId = null,
    };

    private static byte[] Message(int size)
    {
        var text = new StringBuilder("From: kim@provider.example\r\nTo: lee@birch.example\r\nSubject: The boat\r\nDate: Mon, 2 Mar 2026 10:15:30 +0000\r\nMessage-ID: <1@provider.example>\r\n\r\n");
        for (var n = 0; text.Length < size; n++)
            text.Append(CultureInfo.InvariantCulture, $"Line {n} of a letter that says one thing and another in words of usual length.\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    // The least of some passes: the just-in-time compiler works beside the others.
    private static void Print(int size, string what, Action work)
    {
        var least = double.MaxValue;
        long allocated = 0;
        for (var pass = 0; pass < 12; pass++)
        {
            const int Times = 100;
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var before = Stopwatch.GetTimestamp();
            for (var i = 0; i < Times; i++)
                work();
            least = Math.Min(least, Stopwatch.GetElapsedTime(before).TotalMicroseconds / Times);
            allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / Times;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"signing   {size >> 10,3} KiB  {what,-40} {least,10:0.0} µs  {allocated,9} octets allocated"));
    }
}
