using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Serving;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.EndToEnd.Peers;

/// <summary>C5: softflowd exports what it sees as NetFlow 5, NetFlow 9 and IPFIX; the scanner in it is found, and a person is asked about it.</summary>
public sealed class FlowExporterTests
{
    private const string Scanner = "203.0.113.77";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task A_scanner_is_found_in_what_softflowd_exports(int version)
    {
        var network = NetworkNamespace.Make();
        network.Ip("link set lo up");
        using var machine = new Machine(network, [IPAddress.Loopback]);
        await using var exporter = new Box(machine, "softflowd");
        await using var database = await TestDatabase.OpenAsync(Dialect.Sqlite);
        await AddCustomerAsync(database.Database);
        var port = LocalPorts.Free();
        await using var server = new ServerProcess(database.ConnectionString, smarthostPort: 25, sections: $"""
            [detection]
            listen = ["127.0.0.1:{port}"]
            exporters = ["127.0.0.1"]
            """)
        {
            Under = machine.Enter,
            Http = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (to, cancel) => new NetworkStream(await machine.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel), ownsSocket: true),
            }),
        };
        await server.StartAsync(Stop);

        await File.WriteAllBytesAsync(Path.Combine(exporter.Folder, "scan.pcap"), Scan(), Stop);
        exporter.Start("127.0.0.1", "true", $"softflowd -v {version} -r /peer/scan.pcap -n 127.0.0.1:{port} -d &");

        await Eventually.TrueAsync(async () => (await ListAsync(server)).Contains($"{Scanner}", StringComparison.Ordinal), exporter.Said);
        await Eventually.TrueAsync(async () => (await ListAsync(server)).Contains("Case 1.", StringComparison.Ordinal));
        // Of its datagrams some may come later than others, and what they tell is then told apart.
        var lines = (await ListAsync(server)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Contains($"{Scanner}", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("flows: hosts or ports were scanned, ", line, StringComparison.Ordinal));
    }

    private static async Task<string> ListAsync(ServerProcess server) =>
        (await Program.RunAsync(Stop, "detection", "list", "-c", server.ConfigPath)).Output;

    private static Task AddCustomerAsync(Database database) => database.WriteAsync(async db =>
    {
        var since = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(100);
        var customer = Some.Customer with { Id = new CustomerId(await db.NextIdsAsync("customer", 1, Stop)) };
        var store = new CustomerStore(db);
        await store.AddAsync([customer], since, Stop);
        await store.AssignAsync([Some.Assignment with { Customer = customer.Id, Prefix = Prefix.Parse(Scanner), ValidFrom = since }], since, Stop);
    }, Stop);

    // A capture (pcap, Ethernet): twenty hosts are asked for port 22, and refuse; one is asked by a client, and answers.
    private static byte[] Scan()
    {
        var file = new MemoryStream();
        Write(file, 0xA1B2C3D4, 0x0004_0002, 0, 0, 65535, 1);
        for (var i = 1; i <= 20; i++)
        {
            Packet(file, i, Scanner, $"198.51.100.{i}", 50_000 + i, 22, 0x02);
            Packet(file, i, $"198.51.100.{i}", Scanner, 22, 50_000 + i, 0x14);
        }

        Packet(file, 21, "198.51.100.200", "203.0.113.80", 50_000, 443, 0x02);
        Packet(file, 21, "203.0.113.80", "198.51.100.200", 443, 50_000, 0x12);
        Packet(file, 21, "198.51.100.200", "203.0.113.80", 50_000, 443, 0x10);
        return file.ToArray();
    }

    private static void Packet(MemoryStream file, int millisecond, string source, string destination, int sourcePort, int destinationPort, byte flags)
    {
        var packet = new byte[14 + 20 + 20];
        packet[12] = 0x08;
        var ip = packet.AsSpan(14);
        (ip[0], ip[3], ip[8], ip[9]) = (0x45, 40, 64, 6);
        Address.Parse(source).ToBytes().AsSpan(12).CopyTo(ip[12..]);
        Address.Parse(destination).ToBytes().AsSpan(12).CopyTo(ip[16..]);
        var tcp = ip[20..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)destinationPort);
        (tcp[12], tcp[13]) = (0x50, flags);
        Write(file, (uint)SystemClock.Instance.GetCurrentInstant().ToUnixTimeSeconds(), (uint)millisecond * 1000, (uint)packet.Length, (uint)packet.Length);
        file.Write(packet);
    }

    private static void Write(MemoryStream file, params uint[] numbers)
    {
        Span<byte> four = stackalloc byte[4];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(four, number);
            file.Write(four);
        }
    }
}
