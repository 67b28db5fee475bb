using System.Diagnostics;
using System.Net;
using Mailreeve.Testing;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>The names of the network: NSD has the zone <c>example</c>, signed (RFC 4035), and Unbound asks it and checks the signatures.</summary>
internal sealed class NameServers : IAsyncDisposable
{
    private readonly Machine machine;
    private readonly Box authority;
    private readonly Box resolver;

    /// <param name="machine">Has two addresses: NSD takes the first, Unbound the second.</param>
    public NameServers(Machine machine)
    {
        this.machine = machine;
        authority = new Box(machine, "nsd");
        resolver = new Box(machine, "unbound");
    }

    /// <summary>Whom to ask.</summary>
    public IPAddress Resolver => machine.Addresses[1];

    /// <summary>What both have said.</summary>
    public string Said => authority.Said + resolver.Said;

    /// <summary>Signs the zone and starts both.</summary>
    /// <param name="records">Records of the zone <c>example</c> in the form of a zone file (RFC 1035 §5.1).</param>
    /// <param name="unsigned">Records of <c>plain.example</c>, which nobody has signed.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task StartAsync(string records, string unsigned, CancellationToken stop)
    {
        var origin = $"""
            $TTL 60
            @ SOA ns.example. hostmaster.example. 1 3600 600 86400 5
            @ NS ns.example.
            """;
        authority.Write("example.zone", $"$ORIGIN example.\n{origin}\nns A {machine.Address}\nplain NS ns\n{records}");
        authority.Write("plain.zone", $"$ORIGIN plain.example.\n{origin}\n{unsigned}");
        var key = await SignAsync(stop);
        authority.Write("nsd.conf", $"""
            server:
              ip-address: {machine.Address}
              username: nsd
              zonesdir: "/peer"
              database: ""
              pidfile: "/run/nsd.pid"
              xfrdfile: "/run/xfrd"
              xfrdir: "/run"
              zonelistfile: "/run/zonelist"
              server-count: 1
            remote-control:
              control-enable: no
            zone:
              name: example
              zonefile: signed.zone
            zone:
              name: plain.example
              zonefile: plain.zone
            """);
        resolver.Write("anchor", key);
        // Beyond this network there is nothing, and nobody need wait to hear it.
        resolver.Write("unbound.conf", $"""
            server:
              interface: {Resolver}
              access-control: 0.0.0.0/0 allow
              username: unbound
              chroot: ""
              directory: "/peer"
              pidfile: "/run/unbound.pid"
              do-daemonize: no
              use-syslog: no
              num-threads: 1
              module-config: "validator iterator"
              trust-anchor-file: "/peer/anchor"
              val-log-level: 2
              local-zone: "." static
              local-zone: "example." transparent
            stub-zone:
              name: example
              stub-addr: {machine.Address}
            remote-control:
              control-enable: no
            """);
        authority.Start("127.0.0.1", "true", "nsd -d -c /peer/nsd.conf &");
        resolver.Start("127.0.0.1", "true", "unbound -d -c /peer/unbound.conf &");
        await Eventually.TrueAsync(async () => await AnswersAsync(machine.Address, stop) && await AnswersAsync(Resolver, stop), "NSD and Unbound answer");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await resolver.DisposeAsync();
        await authority.DisposeAsync();
    }

    // Both take TCP on port 53 when they are up.
    private async Task<bool> AnswersAsync(IPAddress server, CancellationToken stop)
    {
        try
        {
            using var socket = await machine.ConnectAsync(server, 53, stop);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    // The key that signs the keys is the anchor: the resolver need not begin at the root, which is not there.
    private async Task<string> SignAsync(CancellationToken stop)
    {
        var anchor = await RunAsync("dnssec-keygen", stop, "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", "example");
        await RunAsync("dnssec-keygen", stop, "-q", "-a", "ECDSAP256SHA256", "example");
        await RunAsync("dnssec-signzone", stop, "-S", "-o", "example", "-f", "signed.zone", "example.zone");
        return File.ReadLines(Path.Combine(authority.Folder, $"{anchor.Trim()}.key")).Last();
    }

    private async Task<string> RunAsync(string program, CancellationToken stop, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Required.Program(program, "bind9-utils"), arguments)
        {
            WorkingDirectory = authority.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync(stop);
        var output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        Assert.True(process.ExitCode == 0, $"{program}: {output}{await errors}");
        return output;
    }
}
