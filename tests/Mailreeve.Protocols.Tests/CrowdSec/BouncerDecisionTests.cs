using System.Buffers;
using System.Text;
using System.Text.Json;
using Mailreeve.Protocols.CrowdSec;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Protocols.Tests.CrowdSec;

public sealed class BouncerDecisionTests
{
    [Theory]
    [InlineData("192.0.2.7", "Ip", 3_723_004, "1h2m3.004s")]
    [InlineData("2001:db8::/64", "Range", 172_800_000, "48h0m0.000s")]
    [InlineData("203.0.113.0/25", "Range", -1_000, "-0h0m1.000s")]
    public void It_is_what_a_bouncer_reads(string prefix, string scope, long milliseconds, string duration)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
            new BouncerDecision(12, Prefix.Parse(prefix), Duration.FromMilliseconds(milliseconds), "policy/C8").Write(json);

        Assert.Equal(
            $$"""{"duration":"{{duration}}","id":12,"origin":"mailreeve","scenario":"policy/C8","scope":"{{scope}}","type":"ban","value":"{{prefix}}"}""",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
