using System.Text;
using System.Text.Json;
using CsCheck;
using Mailreeve.Protocols.Detections;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Detections;

/// <summary>What sensors post to <c>/api/detections</c>.</summary>
public sealed class DetectionReaderTests
{
    private const string One = """{"address":"203.0.113.9","type":"login-attack","targets":5,"connected":true,"at":"2026-03-02T11:15:30.25+01:00","detail":"sshd"}""";

    private static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 10, 16);

    [Fact]
    public void One_is_read_and_a_list_of_them()
    {
        var seen = new SaidDetection(Address.Parse("203.0.113.9"), "login-attack", 5, true, Instant.FromUtc(2026, 3, 2, 10, 15, 30) + Duration.FromMilliseconds(250), "sshd");

        Assert.Equal([seen], Good(One));
        Assert.Equal([seen, seen], Good($"[{One},{One}]"));
    }

    [Fact]
    public void What_need_not_be_said_has_its_usual_value_and_a_time_may_be_counted_in_seconds()
    {
        var seen = Assert.Single(Good("""{"address":"2001:db8::5","type":"port-scan","at":1772446530.25}"""));

        Assert.Equal(new SaidDetection(Address.Parse("2001:db8::5"), "port-scan", 1, false, Instant.FromUnixTimeMilliseconds(1_772_446_530_250), ""), seen);
        Assert.Equal(seen, Assert.Single(Good("""{"address":"2001:db8::5","type":"port-scan","at":1772446530.25,"targets":null,"connected":null,"detail":null}""")));
    }

    [Theory]
    [InlineData("\"203.0.113.9\"", "\"203.0.113.0/24\"", "address")]
    [InlineData("\"203.0.113.9\"", "7", "address")]
    [InlineData("\"address\"", "\"adress\"", "")]
    [InlineData("\"login-attack\"", "\"connection/login_attack\"", "type")]
    [InlineData(":5,", ":0,", "targets")]
    [InlineData(":5,", ":1000001,", "targets")]
    [InlineData(":5,", ":\"5\",", "targets")]
    [InlineData(":5,", ":4.5,", "targets")]
    [InlineData("true", "1", "connected")]
    [InlineData("\"2026-03-02T11:15:30.25+01:00\"", "\"2026-03-02 10:15:30\"", "at")]
    [InlineData("\"2026-03-02T11:15:30.25+01:00\"", "null", "at")]
    [InlineData("\"2026-03-02T11:15:30.25+01:00\"", "\"2026-03-02T10:21:01Z\"", "at")]
    [InlineData("\"2026-03-02T11:15:30.25+01:00\"", "1772446530250", "at")]
    [InlineData("\"2026-03-02T11:15:30.25+01:00\"", "1772446.5", "at")]
    [InlineData("\"2026-03-02T11:15:30.25+01:00\"", "1e999", "at")]
    [InlineData("\"sshd\"", "[\"sshd\"]", "detail")]
    [InlineData("\"sshd\"", "\"\\ud800\"", "detail")]
    [InlineData("{", "{\"sensor\":\"another\",", "")]
    public void A_mistake_is_told_with_its_field(string was, string now, string field) =>
        Assert.Contains(Bad(One.Replace(was, now, StringComparison.Ordinal)), p => p.Index == 0 && p.Field == field);

    [Fact]
    public void All_mistakes_of_a_body_are_told_at_once_and_nothing_is_taken()
    {
        var problems = Bad($$"""[{{One}},{"type":"x","targets":-1,"connected":"yes","detail":7},{{One}},17,{{One.Replace("login-attack", "login", StringComparison.Ordinal)}}]""");

        Assert.Equal(
            [(1, "address"), (1, "type"), (1, "targets"), (1, "connected"), (1, "at"), (1, "detail"), (3, ""), (4, "type")],
            problems.Select(p => (p.Index, p.Field)));
        Assert.Equal("It is one of login-attack, port-scan.", problems[^1].Problem);
    }

    [Fact]
    public void A_thousand_are_taken_at_once_and_none_of_more()
    {
        Assert.Equal(1000, Good($"[{string.Join(',', Enumerable.Repeat(One, 1000))}]").Count);
        Assert.Equal(1001, Assert.IsType<DetectionReading.TooMany>(Read($"[{string.Join(',', Enumerable.Repeat(One, 1001))}]")).Count);
        Assert.Single(Bad("[]"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("[[[[[[[[[]]]]]]]]]")]
    [InlineData("""{"address":"203.0.113.9","address":"203.0.113.10"}""")]
    public void What_is_no_such_json_is_told(string text) => Assert.IsType<DetectionReading.NotJson>(Read(text));

    [Fact]
    public void Whatever_is_written_is_read_as_it_was() =>
        Gen.Select(Gen.UInt, Gen.Bool, Gen.Long[1, 1_000_000], Gen.Bool, Gen.Int[0, 29 * 86_400], Gen.String).List[1, 20].Sample(all =>
        {
            var written = all.Select(a => new SaidDetection(new Address(0xFFFF_0000_0000ul | a.Item1), a.Item2 ? "login-attack" : "port-scan", a.Item3, a.Item4, Now - Duration.FromSeconds(a.Item5), Paired(a.Item6))).ToList();
            var json = JsonSerializer.SerializeToUtf8Bytes(written.Select(w => new
            {
                address = $"{w.Address}", type = w.Type, targets = w.Targets, connected = w.IsConnected, at = $"{w.At}", detail = w.Detail,
            }));

            Assert.Equal(written, Assert.IsType<DetectionReading.Good>(DetectionReader.Read(json, ["port-scan", "login-attack"], Now)).Seen);
        });

    private static string Paired(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c)));

    private static IReadOnlyList<SaidDetection> Good(string text) => Assert.IsType<DetectionReading.Good>(Read(text)).Seen;

    private static IReadOnlyList<DetectionProblem> Bad(string text) => Assert.IsType<DetectionReading.Bad>(Read(text)).Problems;

    private static DetectionReading Read(string text) => DetectionReader.Read(Encoding.UTF8.GetBytes(text), ["port-scan", "login-attack"], Now);
}
