using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using NodaTime;

namespace Mailreeve.EndToEnd;

/// <summary>
/// Reports about a dozen customers, sent over several connections by clients that do what RFC 5321 §4.5.4.1 asks: what was not
/// acknowledged is sent again, what was is not.
/// </summary>
internal sealed partial class ReportLoad
{
    private const int Customers = 12;
    private const int AddressesPerCustomer = 5;
    private const int Reporters = 20;
    private static readonly TimeSpan PauseBeforeReconnect = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<LoadReport> pending;
    private readonly ConcurrentDictionary<long, LoadReport> acknowledged = new();
    private readonly string date = SystemClock.Instance.GetCurrentInstant().ToString("ddd, dd MMM uuuu HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    /// <summary>Makes the reports.</summary>
    public ReportLoad(int count)
    {
        Reports = [.. Enumerable.Range(0, count).Select(number => Make(number, count))];
        pending = new ConcurrentQueue<LoadReport>(Reports);
    }

    /// <summary>Domains of the customers' contacts.</summary>
    public static IEnumerable<string> CustomerDomains => Enumerable.Range(1, Customers).Select(c => $"customer-{c}.example");

    /// <summary>The customers, as a file for <c>accounts import</c>.</summary>
    public static string Accounts => string.Concat(Enumerable.Range(1, Customers).Select(customer => $$"""
        [[customer]]
        name = "Customer {{customer}}"
        time-zone = "America/Los_Angeles"
        contacts = [
          { role = "abuse", channel = "email", address = "abuse@customer-{{customer}}.example" },
          { role = "owner", channel = "email", address = "support@customer-{{customer}}.example" },
        ]
        services = [{ kind = "net-access" }]
        assignments = [{ prefix = "203.0.113.{{16 * (customer - 1)}}/28", from = 2024-01-01 }]


        """));

    /// <summary>All of them.</summary>
    public IReadOnlyList<LoadReport> Reports { get; }

    /// <summary>What the server took responsibility for, by the number it gave (<c>R-n</c>).</summary>
    public IReadOnlyDictionary<long, LoadReport> Acknowledged => acknowledged;

    /// <summary>How often a report was sent, or half sent, without an acknowledgement.</summary>
    public long Interrupted => Interlocked.Read(ref interrupted);

    private long interrupted;

    /// <summary>Sends until everything is acknowledged.</summary>
    public Task SendAsync(int port, int connections, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(_ => SendOverOneConnectionAsync(port, stop)));

    private async Task SendOverOneConnectionAsync(int port, CancellationToken stop)
    {
        var client = new SmtpClient();
        try
        {
            while (pending.TryDequeue(out var report))
            {
                try
                {
                    if (!client.IsConnected)
                        await client.ConnectAsync("127.0.0.1", port, SecureSocketOptions.None, stop);
                    var reply = await client.SendAsync(
                        report.Message(date), new MailboxAddress("", $"feedback-{report.Number}@reporter.example"),
                        [new MailboxAddress("", "abuse@provider.example")], stop);
                    var number = long.Parse(Reference().Match(reply).Groups[1].Value, CultureInfo.InvariantCulture);
                    Assert.True(acknowledged.TryAdd(number, report), $"R-{number} was acknowledged twice.");
                }
                catch (Exception e) when (e is IOException or SocketException or SmtpProtocolException or ServiceNotConnectedException
                    || e is SmtpCommandException { StatusCode: >= (SmtpStatusCode)400 and < (SmtpStatusCode)500 })
                {
                    if (e is not SocketException)
                        Interlocked.Increment(ref interrupted);
                    pending.Enqueue(report);
                    client.Dispose();
                    client = new SmtpClient();
                    await Task.Delay(PauseBeforeReconnect, stop);
                }
            }
        }
        finally
        {
            client.Dispose();
        }
    }

    // New addresses appear all along, so that cases are opened, and notices written, until the end.
    private static LoadReport Make(int number, int count)
    {
        if (number % 40 == 7)
            return new LoadReport(number, LoadKind.Letter, "", "", "");
        if (number % 25 == 3)
            return new LoadReport(number, LoadKind.NotOurs, $"192.0.2.{number % 200}", $"spam-{number}@elsewhere.example", ReporterOf(number));
        var evidence = number % 10 == 9 ? number - 1 : number;
        var known = 1 + (evidence * Customers * AddressesPerCustomer / count);
        var index = evidence % 3 == 0 ? known - 1 : evidence * 7 % known;
        var address = $"203.0.113.{(16 * (index / AddressesPerCustomer)) + 1 + (index % AddressesPerCustomer)}";
        return new LoadReport(number, LoadKind.Complaint, address, $"spam-{evidence}@bulk.example", ReporterOf(evidence));
    }

    private static string ReporterOf(int number) => $"desk-{number % Reporters}@reporter.example";

    [GeneratedRegex(@"\bR-(\d+)")]
    private static partial Regex Reference();
}

/// <summary>What a report of the load is.</summary>
internal enum LoadKind
{
    /// <summary>About a customer's address.</summary>
    Complaint,

    /// <summary>About an address of somebody else's.</summary>
    NotOurs,

    /// <summary>A letter that no program understands.</summary>
    Letter,
}

/// <summary>One report of the load.</summary>
/// <param name="Number">Its number, in its Message-ID.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Source">The address it accuses.</param>
/// <param name="Evidence">Message-ID of the spam: the same from the same reporter is a repeat.</param>
/// <param name="Reporter">Who says so.</param>
internal sealed record LoadReport(int Number, LoadKind Kind, string Source, string Evidence, string Reporter)
{
    /// <summary>Its Message-ID.</summary>
    public string MessageId => $"load-{Number}@reporter.example";

    /// <summary>The mail.</summary>
    public MimeMessage Message(string date) =>
        MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes((Kind == LoadKind.Letter ? Letter(date) : Arf(date)).ReplaceLineEndings("\r\n"))));

    private string Letter(string date) => $"""
        From: A reader <reader-{Number}@letters.example>
        To: abuse@provider.example
        Subject: A question
        Date: {date}
        Message-ID: <{MessageId}>

        Whom do I ask about the mail I get?

        """;

    private string Arf(string date) => $"""
        From: Feedback <{Reporter}>
        To: abuse@provider.example
        Subject: Spam from {Source}
        Date: {date}
        Message-ID: <{MessageId}>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="part"

        --part
        Content-Type: text/plain

        This is an abuse report about mail from {Source}.

        --part
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: LoadReporter/1.0
        Version: 1
        Source-IP: {Source}
        Arrival-Date: {date}

        --part
        Content-Type: message/rfc822

        Received: from host (unknown [{Source}]) by mx.reporter.example; {date}
        From: Bargains <offers@bulk.example>
        To: someone@reporter.example
        Subject: 10,000 business cards, this week only
        Date: {date}
        Message-ID: <{Evidence}>

        Order today.

        --part--

        """;
}
