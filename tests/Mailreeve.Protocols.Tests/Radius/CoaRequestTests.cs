using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Radius;

public sealed class CoaRequestTests
{
    private static readonly RadiusSecret Secret = new("a shared secret"u8.ToArray());

    private static readonly CoaRequest Request = new()
    {
        Code = RadiusCode.DisconnectRequest,
        Session = "s1",
        Prefix = Prefix.Parse("192.0.2.7"),
        At = Instant.FromUtc(2026, 3, 2, 10, 15, 30),
    };

    [Theory]
    [InlineData("nas1", RadiusType.NasIdentifier, "6E617331")]
    [InlineData("198.51.100.7", RadiusType.NasIpAddress, "C6336407")]
    [InlineData("2001:db8::7", RadiusType.NasIpv6Address, "20010DB8000000000000000000000007")]
    public void The_access_server_is_named_as_it_names_itself(string nas, RadiusType type, string octets) =>
        Assert.Equal(octets, Hex(Sent(Request with { Nas = nas }), type));

    [Fact]
    public void The_session_is_told_by_two_things_and_the_packet_is_genuine_in_both_ways()
    {
        var packet = Sent(Request);

        Assert.Equal((RadiusCode.DisconnectRequest, 9), (packet.Code, packet.Identifier));
        Assert.Equal(("7331", "C0000207"), (Hex(packet, RadiusType.AcctSessionId), Hex(packet, RadiusType.FramedIpAddress)));
        Assert.Equal((uint)Request.At.ToUnixTimeSeconds(), packet.FindNumber(RadiusType.EventTimestamp));
        Assert.True(Secret.IsGenuineRequest(packet));
        Assert.Equal(MessageAuthenticity.Genuine, Secret.Check(packet, default));
        // Before all others: some servers look no further.
        Assert.Equal(RadiusType.MessageAuthenticator, packet.Attributes[0].Type);
    }

    [Fact]
    public void A_prefix_is_not_sent_for_nobody_knows_how_it_was_given()
    {
        var packet = Sent(Request with { Prefix = Prefix.Parse("2001:db8:1:100::/56"), UserName = "kim", CallingStation = "02:00:5e:10:00:07", FilterId = "quarantine" });

        Assert.Null(packet.Find(RadiusType.FramedIpv6Prefix));
        Assert.Equal(("6B696D", "71756172616E74696E65"), (Hex(packet, RadiusType.UserName), Hex(packet, RadiusType.FilterId)));
        Assert.Equal("20010DB8000000000000000000000007", Hex(Sent(Request with { Prefix = Prefix.Parse("2001:db8::7") }), RadiusType.FramedIpv6Address));
    }

    [Fact]
    public void A_name_that_no_attribute_holds_is_no_packet() =>
        Assert.Throws<ArgumentException>(() => Sent(Request with { UserName = new string('x', 254) }));

    [Theory]
    [InlineData(503u, "it does not know the session (503)")]
    [InlineData(999u, "for a reason of its own (999)")]
    [InlineData(null, "without a reason")]
    public void A_refusal_is_told_in_words(uint? cause, string words) => Assert.Equal(words, ErrorCause.Words(cause));

    private static RadiusPacket Sent(CoaRequest request)
    {
        Assert.True(RadiusPacket.TryRead(request.ToPacket(9, Secret), out var packet));
        return packet;
    }

    private static string? Hex(RadiusPacket packet, RadiusType type) => packet.Find(type) is { } value ? Convert.ToHexString(value.Span) : null;
}
