using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Mailreeve.AbuseDesk.Cases;
using Mailreeve.AbuseDesk.Notices;
using Mailreeve.Mail.Smtp;
using Mailreeve.Network.Postmaster;
using Mailreeve.Network.Relay;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Notices;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Live;
using Mailreeve.Storage.Network;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Mailreeve.Web.Tests;

/// <summary>C7, from the customer's mail server to the end of the case: refused, told, set right, asked, answered by mail.</summary>
public sealed class PostmasterCaseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_refuses_postmaster_gets_a_case_and_a_reply_by_mail_ends_it()
    {
        await using var host = await WebHost.StartAsync();
        await using var server = new TestedHost { Rcpt = _ => "550 5.1.1 No such user" };
        var work = await WorkersAsync(host, server.Port);

        await work();

        var notice = Assert.Single(await LettersAsync(host, "notice"));
        Assert.Contains("postmaster@alder.example is not read", notice, StringComparison.Ordinal);
        Assert.Contains("550 5.1.1 No such user", notice, StringComparison.Ordinal);
        var alder = await host.SignedInAsync(WebHost.Alder);
        var id = (await host.Database.ReadAsync(db => new CaseStore(db).OpenAboutAsync(CaseKind.Postmaster, "alder.example", Stop), Stop)).Single().Id;
        var path = $"/portal/cases/{id}";
        var page = await alder.OpenAsync(path);
        Assert.Contains("Mail is refused", page, StringComparison.Ordinal);
        Assert.Contains("We opened this case after a check of ours.", page, StringComparison.Ordinal);
        Assert.Contains("&lt; 550 5.1.1 No such user", page, StringComparison.Ordinal);

        // Set right, and checked again: now it is asked whether a person reads it.
        server.Rcpt = _ => "250 2.1.5 Ok";
        using var early = await alder.SendAsync(path, $"{path}/postmaster-check");
        host.Clock.AdvanceHours(1);
        using var asked = await alder.SendAsync(path, $"{path}/postmaster-check");
        Assert.Equal([HttpStatusCode.Conflict, HttpStatusCode.SeeOther], [early.StatusCode, asked.StatusCode]);
        await work();
        Assert.Contains("Mail is taken; a person was asked", await alder.OpenAsync(path), StringComparison.Ordinal);
        var reply = Regex.Match(Assert.Single(await LettersAsync(host, "postmaster")), "Reply-To: (postmaster\\+([a-z2-7]{24})@provider\\.example)\\r\\n");

        var logged = new Logged();
        await using var smtp = await SmtpAsync(host, logged);
        Assert.StartsWith("250 2.0.0 Accepted as answer", await SendAsync(smtp, reply.Groups[1].Value, "Auto-Submitted: auto-replied (vacation)"), StringComparison.Ordinal);
        await work();
        Assert.Contains("A program has answered", await alder.OpenAsync(path), StringComparison.Ordinal);

        Assert.StartsWith("250 2.0.0 Accepted as answer", await SendAsync(smtp, reply.Groups[1].Value, "Subject: Re: Does somebody read postmaster@alder.example?"), StringComparison.Ordinal);
        await work();

        page = await alder.OpenAsync(path);
        Assert.Contains("This case is closed.", page, StringComparison.Ordinal);
        Assert.Contains("Somebody reads postmaster@: our mail was answered.", page, StringComparison.Ordinal);
        Assert.NotEmpty(logged.Lines);
        Assert.DoesNotContain(logged.Lines, l => l.Contains(reply.Groups[2].Value, StringComparison.OrdinalIgnoreCase));
        var desk = await host.SignedInAsync(OperatorRole.Postmaster);
        Assert.Contains("A person reads postmaster@.", await desk.OpenAsync($"/desk/cases/{id}"), StringComparison.Ordinal);
        Assert.Contains("/desk/cases?q=alder.example", await desk.OpenAsync("/desk/postmasters"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_has_the_domain_of_another_customer_checked()
    {
        await using var host = await WebHost.StartAsync();
        await using var server = new TestedHost();
        var work = await WorkersAsync(host, server.Port);
        await work();
        var id = (await host.Database.ReadAsync(db => new CaseStore(db).OpenAboutAsync(CaseKind.Postmaster, "alder.example", Stop), Stop)).Single().Id;
        var path = $"/portal/cases/{id}";
        host.Clock.AdvanceHours(1);

        var birch = await host.SignedInAsync(WebHost.Birch);
        var spam = await Cases.OpenAsync(host, "192.0.2.19");
        var token = Regex.Match(await birch.OpenAsync($"/portal/cases/{spam}"), "name=\"form-token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var foreign = await birch.PostAsync($"{path}/postmaster-check", ("form-token", token));
        using var other = await birch.PostAsync($"/portal/cases/{spam}/postmaster-check", ("form-token", token));
        Assert.Equal([HttpStatusCode.NotFound, HttpStatusCode.NotFound], [foreign.StatusCode, other.StatusCode]);

        // Nor one that they had once.
        await host.Database.WriteAsync(db => new PostmasterStore(db).PutAsync([("alder.example", WebHost.Birch.Id)], host.Clock.GetCurrentInstant(), Stop), Stop);
        Assert.DoesNotContain("Check again", await (await host.SignedInAsync(WebHost.Alder)).OpenAsync(path), StringComparison.Ordinal);
    }

    // The clerks of all slices, until none of them has anything to do.
    private static async Task<Func<Task>> WorkersAsync(WebHost host, int port)
    {
        var now = host.Clock.GetCurrentInstant();
        await host.Database.WriteAsync(async db =>
        {
            await new CustomerStore(db).PutServicesAsync(
                [new Service { Id = 0, Customer = WebHost.Alder.Id, Kind = ServiceKind.MailServer, Name = "mx", State = ServiceState.Active }], Stop);
            await new CustomerStore(db).AssignAsync(
                [new Assignment { Id = 0, Customer = WebHost.Alder.Id, Domain = "alder.example", ValidFrom = now - Duration.FromDays(100) }], now, Stop);
        }, Stop);
        var prober = new PostmasterProber(
            (_, type, _) => ValueTask.FromResult(type switch
            {
                DnsType.Mx => DnsAnswer.OfNames(["mx.alder.example"]),
                DnsType.A => DnsAnswer.Of([Address.Parse("192.0.2.3")]),
                _ => DnsAnswer.Nothing,
            }),
            (to, stop) => RelayDialler.ConnectAsync(new IPEndPoint(IPAddress.Loopback, to.Port), null, stop),
            WebHost.Provider.HostName, WebHost.Provider.AbuseAddress, TimeSpan.FromSeconds(60)) { Port = port };
        var mail = new PostmasterMail(ShippedPolicy.Policy, WebHost.Provider, host.Get<NoticeTemplates>(), host.Get<PostmasterDesk>());
        IClerk[] clerks =
        [
            new PostmasterClerk(host.Database, host.Get<LiveViews>(), prober, mail, Duration.FromDays(7), host.Clock),
            new PostmasterReplyClerk(host.Database, host.Clock),
            new PostmasterCaseClerk(host.Database, host.Get<CaseBooks>(), host.Get<LiveViews>(), host.Clock),
            new NoticeClerk(host.Database, host.Get<NoticeWriter>(), host.Get<CaseBooks>(), host.Clock),
        ];
        return async () =>
        {
            for (var done = 1; done > 0;)
            {
                done = 0;
                foreach (var clerk in clerks)
                    done += await clerk.WorkAsync(Stop);
            }
        };
    }

    private static async Task<IReadOnlyList<string>> LettersAsync(WebHost host, string purpose) =>
    [
        .. (await host.Database.ReadAsync(db => db.QueryAsync<byte[]>("SELECT message FROM outbound WHERE purpose = @purpose ORDER BY id", new { purpose }, Stop), Stop))
            .Select(Encoding.UTF8.GetString),
    ];

    private static async Task<WebApplication> SmtpAsync(WebHost host, Logged logged)
    {
        var parts = new SmtpServerParts
        {
            HostName = WebHost.Provider.HostName,
            Domains = new OwnDomains(WebHost.Provider.Domains),
            WhereToTurn = $"{WebHost.Provider.BaseUrl}/case",
            Blocks = () => host.Get<LiveViews>().Blocks,
            Keep = new MailIntake(host.Database, new byte[32]).KeepAsync,
            Clock = host.Clock,
        };
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logged);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.ListenSmtp(new IPEndPoint(IPAddress.Loopback, 0), parts));
        var app = builder.Build();
        await app.StartAsync(Stop);
        return app;
    }

    private static async Task<string?> SendAsync(WebApplication smtp, string to, string header)
    {
        using var client = new TcpClient();
        var address = smtp.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(address).Port, Stop);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        await using var writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
        await reader.ReadLineAsync(Stop);
        var reply = "";
        foreach (var line in new[] { "HELO mx.alder.example", "MAIL FROM:<kim@alder.example>", $"RCPT TO:<{to}>", "DATA", $"To: {to}\r\n{header}\r\n\r\nYes, I do.\r\n." })
        {
            await writer.WriteLineAsync(line);
            reply = await reader.ReadLineAsync(Stop);
        }

        return reply;
    }

    /// <summary>All that a server writes into its log.</summary>
    private sealed class Logged : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
