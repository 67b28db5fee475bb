using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Smtp.Client;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Tests.Outbound.Client;

/// <summary>What the tests of the client say to it.</summary>
internal static class Calls
{
    public const string Content = "Subject: x\r\n\r\nhello\r\n.dot\r\n";

    public static readonly ClientTimes Times = new();

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static DialTarget Target(int port, TlsDecision? tls = null) => new()
    {
        Host = "mx.customer.example",
        Address = Address.Parse("127.0.0.1"),
        Port = port,
        Tls = tls ?? new TlsDecision.Opportunistic("nothing is demanded"),
    };

    public static Task<Dialled> DialAsync(DialTarget target, ClientTimes? times = null, X509Certificate2Collection? roots = null) =>
        new SmtpDialler("mx.provider.example", times ?? Times, TimeProvider.System, roots).DialAsync(target, Stop);

    public static async Task<SmtpClientConnection> OpenAsync(int port, ClientTimes? times = null) =>
        Assert.IsType<Dialled.Open>(await DialAsync(Target(port), times)).Connection;

    public static async Task<DeliveryOutcome.NoContact> FailAsync(int port, ClientTimes? times = null) =>
        Assert.IsType<Dialled.Failed>(await DialAsync(Target(port), times)).Outcome;

    public static Transmission Message(string content = Content, string from = "a@provider.example", params string[] recipients) => new()
    {
        From = from.Length == 0 ? null : Mailbox.ParseOrNull(from),
        Recipients = [.. (recipients.Length == 0 ? ["c@customer.example"] : recipients).Select(r => new RcptCommand { To = Mailbox.ParseOrNull(r)! })],
        Content = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(content)),
    };

    public static string Text(DeliveryOutcome outcome) => $"{outcome.GetType().Name} {outcome.Reply}";

    /// <summary>Sends one message on a new connection, and says good-bye.</summary>
    public static async Task<string[]> SendAsync(int port, Transmission? message = null, ClientTimes? times = null)
    {
        var connection = await OpenAsync(port, times);
        var result = await connection.SendAsync(message ?? Message(), Stop);
        await connection.QuitAsync(Stop);
        return [.. result.Outcomes.Select(Text)];
    }
}
