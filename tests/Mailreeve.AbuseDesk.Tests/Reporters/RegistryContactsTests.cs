using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mailreeve.AbuseDesk.Reporters;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Mailreeve.AbuseDesk.Tests.Reporters;

public sealed class RegistryContactsTests
{
    private static readonly Address Foreign = Address.Parse("203.0.113.9");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_registry_is_asked_once_for_a_network(Dialect dialect)
    {
        await using var test = await TestDatabase.OpenAsync(dialect);
        await using var registry = await Registry.StartAsync(Network("abuse@other.example"));
        var clock = Some.Clock();
        var contacts = registry.Contacts(test.Database, clock);

        var found = await contacts.FindAsync(Foreign, Stop);
        var again = await contacts.FindAsync(Address.Parse("203.0.113.200"), Stop);

        Assert.Equal(("abuse@other.example", "Other Networks"), (found!.AbuseMailbox, found.Holder));
        Assert.Equal(found, again);
        Assert.Equal(["/ipv4.json", "/rir/ip/203.0.113.9"], registry.Asked);
        clock.Advance(Duration.FromDays(31));
        await contacts.FindAsync(Foreign, Stop);
        Assert.Equal(4, registry.Asked.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"objectClassName":"ip network","startAddress":"198.51.100.0","endAddress":"198.51.100.255","entities":[]}""")]
    public async Task An_answer_that_does_not_help_names_nobody_and_is_not_asked_for_again_that_day(string answer)
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var registry = await Registry.StartAsync(answer);
        var clock = Some.Clock();
        var contacts = registry.Contacts(test.Database, clock);

        Assert.Null((await contacts.FindAsync(Foreign, Stop))?.AbuseMailbox);
        Assert.Null((await contacts.FindAsync(Foreign, Stop))?.AbuseMailbox);

        Assert.Equal(2, registry.Asked.Count);
        clock.Advance(Duration.FromDays(2));
        await contacts.FindAsync(Foreign, Stop);
        Assert.Equal(3, registry.Asked.Count);
    }

    [Fact]
    public async Task A_redirect_is_followed_to_https_only_and_not_forever()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var registry = await Registry.StartAsync(Network("abuse@other.example"));
        var contacts = registry.Contacts(test.Database, Some.Clock());

        registry.Redirects["/rir/ip/203.0.113.9"] = "/elsewhere/ip/203.0.113.9";
        Assert.Equal("abuse@other.example", (await contacts.FindAsync(Foreign, Stop))!.AbuseMailbox);
        registry.Redirects["/rir/ip/198.51.100.1"] = "http://127.0.0.1/ip/198.51.100.1";
        Assert.Null((await contacts.FindAsync(Address.Parse("198.51.100.1"), Stop))!.AbuseMailbox);
        registry.Redirects["/rir/ip/198.51.100.2"] = "/rir/ip/198.51.100.2";
        Assert.Null((await contacts.FindAsync(Address.Parse("198.51.100.2"), Stop))!.AbuseMailbox);
        Assert.Equal(4, registry.Asked.Count(a => a == "/rir/ip/198.51.100.2"));
    }

    [Fact]
    public async Task A_registry_that_sends_without_end_or_not_at_all_stops_nothing()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await using var registry = await Registry.StartAsync(new string(' ', 600 << 10));
        Assert.Null((await registry.Contacts(test.Database, Some.Clock()).FindAsync(Foreign, Stop))!.AbuseMailbox);
        await registry.DisposeAsync();
        Assert.Null((await registry.Contacts(test.Database, Some.Clock()).FindAsync(Address.Parse("203.0.113.77"), Stop))!.AbuseMailbox);
    }

    [Fact]
    public async Task Nobody_is_asked_unless_that_is_configured()
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        var contacts = new RegistryContacts(test.Database, null, RegistryContacts.Iana, Some.Clock(), NullLogger<RegistryContacts>.Instance);

        Assert.Null(await contacts.FindAsync(Foreign, Stop));
    }

    private static string Network(string mailbox) => $$"""
        {"objectClassName":"ip network","handle":"N1","startAddress":"203.0.113.0","endAddress":"203.0.113.255","name":"OTHER-NET",
         "entities":[{"objectClassName":"entity","roles":["registrant"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Other Networks"]]],
           "entities":[{"objectClassName":"entity","roles":["abuse"],"vcardArray":["vcard",[["fn",{},"text","Abuse"],["email",{},"text","{{mailbox}}"]]]}]}]}
        """;

    /// <summary>A registry on the loopback, under TLS, that notes what it is asked.</summary>
    private sealed class Registry(WebApplication app, int port, X509Certificate2 certificate) : IAsyncDisposable
    {
        public List<string> Asked { get; } = [];

        public Dictionary<string, string> Redirects { get; } = [];

        public static async Task<Registry> StartAsync(string answer)
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
            var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
            var app = builder.Build();
            Registry? registry = null;
            app.Run(async http =>
            {
                var path = http.Request.Path.ToString();
                registry!.Asked.Add(path);
                if (registry.Redirects.TryGetValue(path, out var to))
                {
                    http.Response.Redirect(to);
                    return;
                }

                var body = path.EndsWith(".json", StringComparison.Ordinal)
                    ? $$"""{"version":"1.0","services":[[["203.0.113.0/24","198.51.100.0/24"],["http://localhost:1/","https://localhost:{{registry.Port}}/rir/"]]]}"""
                    : answer;
                await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body), http.RequestAborted);
            });
            await app.StartAsync(Stop);
            return registry = new Registry(app, new Uri(app.Urls.Single()).Port, certificate);
        }

        public int Port => port;

        public RegistryContacts Contacts(Database database, IClock clock)
        {
            var handler = new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString() },
            };
            return new RegistryContacts(
                database, new HttpClient(handler) { Timeout = RegistryContacts.Timeout }, new Uri($"https://localhost:{port}/"), clock, NullLogger<RegistryContacts>.Instance);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
