using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Mail.Inbound;
using Mailreeve.Protocols.Filters;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mailreeve.Mail.Tests.Inbound;

/// <summary>Rspamd and clamd as Debian has them, each started by the test with a configuration of its own.</summary>
public class FilterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clamd_finds_what_its_database_has_and_nothing_else()
    {
        var program = Tool.Require("clamd", "clamav-daemon");
        var folder = RunFolder.NewFolder("clamd");
        var bad = Encoding.ASCII.GetBytes("From: a@sender.example\r\nSubject: bad\r\n\r\nthis very message is on the list\r\n");
        var hash = Convert.ToHexStringLower(MD5.HashData(bad));
        await File.WriteAllTextAsync(Path.Combine(folder, "own.hdb"), $"{hash}:{bad.Length}:Own.Test-1\n", Stop);
        var socket = Path.Combine(folder, "s");
        var config = Path.Combine(folder, "clamd.conf");
        await File.WriteAllTextAsync(config, $"Foreground yes\nLocalSocket {socket}\nDatabaseDirectory {folder}\nLogFile {folder}/log\nPidFile {folder}/pid\nConcurrentDatabaseReload no\n", Stop);
        using var clamd = Process.Start(new ProcessStartInfo(program, ["--config-file", config]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            await Eventually.TrueAsync(() => clamd.HasExited || Answers(new UnixDomainSocketEndPoint(socket)));
            var client = new ClamdClient(new InboundOptions { Clamd = socket, FilterTimeout = TimeSpan.FromMinutes(1) }, Some.Clock(), NullLogger<ClamdClient>.Instance);

            Assert.Equal("Own.Test-1.UNOFFICIAL", Assert.IsType<ClamdReply.Malware>(await client.AskAsync(new ReadOnlySequence<byte>(bad), Stop)).Signature);
            bad[^3] = (byte)'x';
            Assert.IsType<ClamdReply.Clean>(await client.AskAsync(new ReadOnlySequence<byte>(bad), Stop));
        }
        finally
        {
            clamd.Kill();
            await clamd.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Rspamd_says_what_it_would_do_with_a_message()
    {
        var program = Tool.Require("rspamd", "rspamd");
        var folder = RunFolder.NewFolder("rspamd");
        var port = FreePorts.Next();
        var config = Path.Combine(folder, "rspamd.conf");
        // No modules, one rule of our own and a short list of top levels, or it takes a minute to start: what is tested is the protocol.
        Directory.CreateDirectory(Path.Combine(folder, "none"));
        await File.WriteAllTextAsync(Path.Combine(folder, "tld"), "example\n", Stop);
        await File.WriteAllTextAsync(config, $$"""
            options { pidfile = "{{folder}}/pid"; dns { nameserver = "127.0.0.1:{{FreePorts.Next()}}"; timeout = 1s; retransmits = 1; } filters = "regexp"; url_tld = "{{folder}}/tld"; hs_cache_dir = "{{folder}}"; }
            logging { type = "file"; filename = "{{folder}}/log"; level = "info"; }
            worker "normal" { bind_socket = "127.0.0.1:{{port}}"; count = 1; }
            modules { path = "{{folder}}/none"; }
            actions { reject = 15; add_header = 6; greylist = 4; }
            regexp { OWN_TEST { re = "Subject=/buy this now/H"; score = 8.0; } }
            """, Stop);
        var start = new ProcessStartInfo(program, ["-f", "-i", "-c", config]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var rspamd = Process.Start(start)!;
        try
        {
            await Eventually.TrueAsync(() => rspamd.HasExited || Answers(new IPEndPoint(IPAddress.Loopback, port)));
            using var client = new RspamdClient(
                new InboundOptions { Rspamd = new Uri($"http://127.0.0.1:{port}"), FilterTimeout = TimeSpan.FromMinutes(1) }, Some.Clock(), NullLogger<RspamdClient>.Instance);

            Assert.Equal(RspamdAction.AddHeader, (await AskAsync(client, "buy this now"))?.Action);
            Assert.Equal(RspamdAction.NoAction, (await AskAsync(client, "hello"))?.Action);
        }
        finally
        {
            rspamd.Kill(entireProcessTree: true);
            await rspamd.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_filter_that_is_not_there_is_done_without_and_left_alone_for_a_while()
    {
        var port = FreePorts.Next();
        var options = new InboundOptions { Rspamd = new Uri($"http://127.0.0.1:{port}"), Clamd = $"127.0.0.1:{port}" };
        var clock = Some.Clock();
        using var rspamd = new RspamdClient(options, clock, NullLogger<RspamdClient>.Instance);
        var clamd = new ClamdClient(options, clock, NullLogger<ClamdClient>.Instance);
        Assert.Null(await AskAsync(rspamd, "hello"));
        Assert.Null(await clamd.AskAsync(Message("hello"), Stop));

        // It comes up, and is asked again after half a minute.
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Assert.Null(await clamd.AskAsync(Message("hello"), Stop));
        Assert.False(listener.Pending());
        clock.Advance(NodaTime.Duration.FromSeconds(31));
        var asking = clamd.AskAsync(Message("hello"), Stop);
        using var accepted = await listener.AcceptTcpClientAsync(Stop);
        var stream = accepted.GetStream();
        var expected = "zINSTREAM\0"u8.Length + 4 + Message("hello").Length + 4;
        var received = new byte[expected];
        await stream.ReadExactlyAsync(received, Stop);
        await stream.WriteAsync("stream: Some.Worm(x) FOUND\0"u8.ToArray(), Stop);

        Assert.Equal("Some.Worm?x?", Assert.IsType<ClamdReply.Malware>(await asking).Signature);
        Assert.StartsWith("zINSTREAM\0", Encoding.ASCII.GetString(received), StringComparison.Ordinal);
    }

    private static Task<RspamdReply?> AskAsync(RspamdClient client, string subject) =>
        client.AskAsync(Message(subject), Address.Parse("192.0.2.7"), "client.example", "a@sender.example", ["kim@provider.example"], "test-1", Stop);

    private static ReadOnlySequence<byte> Message(string subject) =>
        new(Encoding.ASCII.GetBytes($"From: a@sender.example\r\nTo: kim@provider.example\r\nSubject: {subject}\r\nMessage-ID: <1@sender.example>\r\nDate: Thu, 05 Mar 2026 04:05:06 +0000\r\n\r\nhello\r\n"));

    // A socket's file is there before anybody listens on it.
    private static bool Answers(EndPoint where)
    {
        using var socket = new Socket(where.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(where);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
