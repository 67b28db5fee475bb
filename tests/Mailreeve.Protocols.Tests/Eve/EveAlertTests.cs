using System.Text;
using Mailreeve.Protocols.Eve;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Eve;

/// <summary>Lines of Suricata's EVE log.</summary>
public sealed class EveAlertTests
{
    private const string Scan = """
        {"timestamp":"2026-03-02T11:24:37.251547+0100","flow_id":586497171462735,"event_type":"alert","src_ip":"203.0.113.9","src_port":50096,"dest_ip":"192.0.2.5","dest_port":80,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":2018358,"rev":10,"signature":"SCAN of a web server","category":"Detection of a Network Scan","severity":3},"app_proto":"http"}
        """;

    [Fact]
    public void An_alert_is_read()
    {
        var alert = Read(Scan)!;
        Assert.Equal(Instant.FromUtc(2026, 3, 2, 10, 24, 37).PlusNanoseconds(251_547_000), alert.At);
        Assert.Equal((Address.Parse("203.0.113.9"), 50096, Address.Parse("192.0.2.5"), 80), (alert.Attacker, alert.AttackerPort, alert.Target, alert.TargetPort));
        Assert.Equal((2018358, "SCAN of a web server", "Detection of a Network Scan", 3, true), (alert.Signature, alert.Message, alert.Category, alert.Severity, alert.IsTwoWay));
    }

    [Fact]
    public void The_rule_says_who_attacks_and_an_answer_accuses_nobody()
    {
        var answer = Scan.Replace("\"proto\"", "\"direction\":\"to_client\",\"proto\"", StringComparison.Ordinal);
        Assert.Null(Read(answer));
        var said = answer.Replace("\"severity\":3", "\"severity\":3,\"source\":{\"ip\":\"192.0.2.5\",\"port\":80},\"target\":{\"ip\":\"203.0.113.9\",\"port\":50096}", StringComparison.Ordinal);
        Assert.Equal(Address.Parse("192.0.2.5"), Read(said)!.Attacker);
    }

    [Theory]
    [InlineData("\"app_proto\":\"http\"", "\"app_proto\":\"failed\"")]
    [InlineData("\"proto\":\"TCP\"", "\"proto\":\"UDP\"")]
    [InlineData(",\"app_proto\":\"http\"", "")]
    public void Without_a_known_protocol_above_TCP_no_connection_was_made(string was, string now) =>
        Assert.False(Read(Scan.Replace(was, now, StringComparison.Ordinal))!.IsTwoWay);

    [Theory]
    [InlineData("\"event_type\":\"alert\"", "\"event_type\":\"flow\"")]
    [InlineData("\"src_ip\":\"203.0.113.9\"", "\"src_ip\":\"\\ud800\"")]
    [InlineData("\"src_ip\":\"203.0.113.9\"", "\"src_ip\":17")]
    [InlineData("\"timestamp\":\"2026-03-02T11:24:37.251547+0100\"", "\"timestamp\":\"yesterday\"")]
    [InlineData("\"signature_id\":2018358", "\"signature_id\":\"x\"")]
    [InlineData("\"alert\":{", "\"alert\":[{")]
    public void What_is_no_alert_is_none(string was, string now) => Assert.Null(Read(Scan.Replace(was, now, StringComparison.Ordinal)));

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        Assert.Null(Read(new string('[', 10_000)));
        Assert.Null(Read(Scan.TrimEnd().TrimEnd('}') + ",\"x\":\"" + new string('x', EveAlert.LineBytesMax) + "\"}"));
    }

    private static EveAlert? Read(string line) => EveAlert.Read(Encoding.UTF8.GetBytes(line));
}
