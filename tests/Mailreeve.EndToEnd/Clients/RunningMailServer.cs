using System.Text.Json;
using Mailreeve.EndToEnd.Clients;

[assembly: AssemblyFixture(typeof(RunningMailServer))]

namespace Mailreeve.EndToEnd.Clients;

/// <summary>The mail server that all tests of clients share. It starts with the first of them.</summary>
/// <remarks>
/// It is ours, unless <c>MAILREEVE_TEST_MAIL_SERVER</c> names a file that describes one that runs already: so the tests themselves are tried
/// on a server whose word on the protocols is worth something.
/// </remarks>
public sealed class RunningMailServer : IAsyncDisposable
{
    private const string Elsewhere = "MAILREEVE_TEST_MAIL_SERVER";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Lazy<Task<MailServerUnderTest>> server;
    private MailreeveUnderTest? ours;

    public RunningMailServer() => server = new(StartAsync);

    /// <summary>The server, up and taking mail.</summary>
    internal Task<MailServerUnderTest> UpAsync() => server.Value;

    /// <summary>What our server has printed so far; empty when it is somebody else's.</summary>
    internal string Said => ours?.Process.Said ?? "";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (ours is not null)
            await ours.DisposeAsync();
    }

    private async Task<MailServerUnderTest> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Elsewhere) is { Length: > 0 } file)
            return JsonSerializer.Deserialize<ServerElsewhere>(await File.ReadAllTextAsync(file), Json)!.ToServer();
        ours = await MailreeveUnderTest.StartAsync();
        return ours.Server;
    }

    /// <summary>The file that describes a server that somebody else started: ports on one host, and one password for any user of the domain.</summary>
    private sealed record ServerElsewhere(
        string Host, int SmtpPort, int? SubmissionPort, int Pop3Port, int Pop3sPort, int ImapPort, int ImapsPort,
        string CaCertificate, string Domain, string Password, IReadOnlyList<string>? Lacks)
    {
        public MailServerUnderTest ToServer()
        {
            var run = Guid.NewGuid().ToString("N")[..8];
            return new MailServerUnderTest
            {
                Host = Host,
                SmtpPort = SmtpPort,
                SubmissionPort = SubmissionPort,
                Pop3Port = Pop3Port,
                Pop3sPort = Pop3sPort,
                ImapPort = ImapPort,
                ImapsPort = ImapsPort,
                CaCertificate = CaCertificate,
                Users = [.. Enumerable.Range(1, 500).Select(n => new MailUser($"u{n}-{run}@{Domain}", Password))],
                Lacks = (Lacks ?? []).ToHashSet(StringComparer.Ordinal),
            };
        }
    }
}
