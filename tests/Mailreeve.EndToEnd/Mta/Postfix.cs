using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Mailreeve.Serving;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Mta;

/// <summary>Debian's Postfix, unmodified, with a configuration and a queue of its own, on a port of the loopback. What it accepts stays in its queue.</summary>
internal sealed class Postfix : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string folder = RunFolder.NewFolder("postfix");
    private readonly string program = Required.Program("postfix", "postfix");
    private readonly string postcat = Required.Program("postcat", "postfix");

    private Postfix()
    {
    }

    /// <summary>Where it takes mail.</summary>
    public int Port { get; } = LocalPorts.Free();

    private string Configuration => Path.Combine(folder, "etc");

    private string Queue => Path.Combine(folder, "queue");

    /// <summary>Starts it; when this returns, it takes mail.</summary>
    /// <param name="settings">More lines of <c>main.cf</c>.</param>
    public static async Task<Postfix> StartAsync(string settings)
    {
        var postfix = new Postfix();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Postfix has to be started by root.");
        await postfix.WriteAsync(settings);
        await postfix.MustAsync(postfix.program, "-c", postfix.Configuration, "start");
        try
        {
            await Eventually.TrueAsync(postfix.AnswersAsync);
            return postfix;
        }
        catch
        {
            await postfix.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client of it, past EHLO. By XCLIENT it is who it wants to be.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="user">The name that it has signed in with; null for none.</param>
    public async Task<PostfixClient> ConnectAsync(string address, string? user = null)
    {
        var client = await PostfixClient.ConnectAsync(Port);
        await client.AskAsync("EHLO client.example");
        await client.AskAsync($"XCLIENT NAME=client.example ADDR={address}{(user is null ? "" : $" LOGIN={user}")}");
        await client.AskAsync("EHLO client.example");
        return client;
    }

    /// <summary>Whether a message lies in a queue.</summary>
    /// <param name="queue">As in <c>hold</c> or <c>deferred</c>.</param>
    /// <param name="id">As Postfix named it.</param>
    public bool Has(string queue, string id) =>
        Directory.Exists(Path.Combine(Queue, queue)) && Directory.GetFiles(Path.Combine(Queue, queue), id, SearchOption.AllDirectories).Length == 1;

    /// <summary>A message as it lies in its queue, header and body.</summary>
    public Task<string> ReadAsync(string id) => MustAsync(postcat, "-c", Configuration, "-hbq", id);

    /// <summary>What it has logged.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await MustAsync(program, "-c", Configuration, "stop");

    private string LogFile => Path.Combine(folder, "log");

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = await PostfixClient.ConnectAsync(Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<string> MustAsync(string path, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        // Its daemons keep the pipe open: only what ends is waited for.
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{path} {string.Join(' ', arguments)} ended with {process.ExitCode}.\n{Log}");
        return arguments[0] == "-c" && arguments[^1] is "start" or "stop" ? "" : await process.StandardOutput.ReadToEndAsync();
    }

    private async Task WriteAsync(string settings)
    {
        Directory.CreateDirectory(Configuration);
        Directory.CreateDirectory(Queue);
        var data = Directory.CreateDirectory(Path.Combine(folder, "lib")).FullName;
        await MustAsync("/bin/chown", "postfix", data);
        await File.WriteAllTextAsync(Path.Combine(Configuration, "main.cf"), string.Create(CultureInfo.InvariantCulture, $"""
            compatibility_level = 3.6
            queue_directory = {Queue}
            data_directory = {data}
            daemon_directory = /usr/lib/postfix/sbin
            command_directory = /usr/sbin
            shlib_directory = /usr/lib/postfix
            mail_owner = postfix
            setgid_group = postdrop
            myhostname = mta.provider.example
            mydestination =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            mynetworks =
            maillog_file = {LogFile}
            maillog_file_prefixes = {folder}
            alias_maps =
            alias_database =
            local_recipient_maps =
            virtual_mailbox_domains = provider.example
            virtual_mailbox_maps = static:all
            virtual_transport = discard
            defer_transports = discard
            message_size_limit = 100000000
            smtpd_authorized_xclient_hosts = 127.0.0.0/8
            smtpd_relay_restrictions = reject_unauth_destination
            smtpd_policy_service_retry_delay = 1s
            {settings}

            """));
        await File.WriteAllTextAsync(Path.Combine(Configuration, "master.cf"), string.Create(CultureInfo.InvariantCulture, $"""
            127.0.0.1:{Port} inet n - n - - smtpd
            pickup unix n - n 60 1 pickup
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            verify unix - - n - 1 verify
            proxymap unix - - n - - proxymap
            smtp unix - - n - - smtp
            relay unix - - n - - smtp
            showq unix n - n - - showq
            error unix - - n - - error
            retry unix - - n - - error
            discard unix - - n - - discard
            local unix - n n - - local
            virtual unix - n n - - virtual
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd

            """));
    }
}
