using System.Buffers.Binary;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using NodaTime;

namespace Mailreeve.Protocols.Tests.Radius;

public sealed class RadiusTests
{
    private static readonly RadiusSecret Secret = new("a shared secret"u8.ToArray());
    private static readonly RadiusSecret Other = new("another secret"u8.ToArray());

    [Fact]
    public void What_is_written_is_read_and_is_genuine_with_its_own_secret_only()
    {
        var packet = Read(Start().AddMessageAuthenticator().ToRequest(Secret));

        Assert.Equal((RadiusCode.AccountingRequest, 7), (packet.Code, packet.Identifier));
        Assert.True(Secret.IsGenuineRequest(packet));
        Assert.Equal(MessageAuthenticity.Genuine, Secret.Check(packet, default));
        Assert.False(Other.IsGenuineRequest(packet));
        Assert.Equal(MessageAuthenticity.Forged, Other.Check(packet, default));
        Assert.Equal(MessageAuthenticity.Absent, Secret.Check(Read(Start().ToRequest(Secret)), default));
    }

    [Fact]
    public void An_answer_is_to_one_request()
    {
        var request = Read(Start().ToRequest(Secret));
        var answer = Read(new RadiusWriter(RadiusCode.AccountingResponse, 7).AddMessageAuthenticator().ToAnswer(Secret, request.Authenticator.Span));

        Assert.True(Secret.IsGenuineAnswer(answer, request.Authenticator.Span));
        Assert.Equal(MessageAuthenticity.Genuine, Secret.Check(answer, request.Authenticator.Span));
        Assert.False(Secret.IsGenuineAnswer(answer, new byte[16]));
        Assert.False(Other.IsGenuineAnswer(answer, request.Authenticator.Span));
    }

    [Fact]
    public void Any_bit_that_is_changed_is_noticed()
    {
        var sealed_ = Start().AddMessageAuthenticator().ToRequest(Secret);

        Assert.All(Enumerable.Range(0, sealed_.Length * 8), bit =>
        {
            var changed = (byte[])sealed_.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(RadiusPacket.TryRead(changed, out var packet) && Secret.IsGenuineRequest(packet) && Secret.Check(packet, default) != MessageAuthenticity.Forged);
        });
    }

    [Fact]
    public void A_packet_of_any_length_and_any_octets_is_read_or_not_and_never_fails()
    {
        var chance = new Random(20_260_302);
        var valid = Start().AddMessageAuthenticator().ToRequest(Secret);
        for (var i = 0; i < 20_000; i++)
        {
            var octets = new byte[chance.Next(0, 120)];
            chance.NextBytes(octets);
            if (i % 2 == 0)
                valid.AsSpan(0, Math.Min(valid.Length, octets.Length)).CopyTo(octets);
            for (var flips = chance.Next(0, 4); flips > 0 && octets.Length > 0; flips--)
                octets[chance.Next(octets.Length)] = (byte)chance.Next(256);
            if (octets.Length >= 4 && i % 3 == 0)
                BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), (ushort)octets.Length);

            if (!RadiusPacket.TryRead(octets, out var packet))
                continue;
            Secret.IsGenuineRequest(packet);
            Secret.Check(packet, default);
            AccountingRequest.Read(packet);
            Assert.InRange(packet.Octets.Length, RadiusPacket.HeaderLength, octets.Length);
            Assert.Equal(packet.Octets.Length - RadiusPacket.HeaderLength, packet.Attributes.Sum(a => a.Value.Length + 2));
        }
    }

    [Fact]
    public void What_follows_the_packet_is_padding_and_what_does_not_fit_is_dropped()
    {
        var request = Start().ToRequest(Secret);

        Assert.True(Secret.IsGenuineRequest(Read([.. request, 0, 0, 0])));
        Assert.False(RadiusPacket.TryRead(request.AsMemory(0, request.Length - 1), out _));
        Assert.False(RadiusPacket.TryRead(new byte[] { 4, 7, 0, 22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 }, out _));
        Assert.False(RadiusPacket.TryRead(new byte[] { 4, 7, 0, 21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 }, out _));
    }

    [Fact]
    public void A_request_says_who_has_what_since_when()
    {
        var request = AccountingRequest.Read(Read(Start()
            .Add(RadiusType.FramedIpv6Prefix, Prefix.Parse("2001:db8:1:2::/64"))
            .Add(RadiusType.DelegatedIpv6Prefix, Prefix.Parse("2001:db8:7::/56"))
            .Add(RadiusType.FramedIpv6Address, Address.Parse("2001:db8:9::1"))
            .Add(RadiusType.FramedRoute, "203.0.113.8/29 198.51.100.7 1")
            .Add(RadiusType.AcctSessionTime, 90)
            .Add(RadiusType.AcctDelayTime, 3)
            .Add(RadiusType.EventTimestamp, 1_772_446_530)
            .ToRequest(Secret)))!;

        Assert.Equal((AccountingStatus.Start, "s1", "bras", "kim@provider.example"), (request.Status, request.Session, request.Nas, request.UserName));
        Assert.Equal(
            ["198.51.100.7", "2001:db8:1:2::/64", "2001:db8:7::/56", "2001:db8:9::1", "203.0.113.8/29"], request.Prefixes.Select(p => p.ToString()));
        Assert.Equal((Instant.FromUnixTimeSeconds(1_772_446_530), Duration.FromSeconds(3), Duration.FromSeconds(90)), (request.EventAt, request.Delay, request.SessionTime));
    }

    [Fact]
    public void What_names_no_address_no_session_or_no_status_says_so()
    {
        var wild = new RadiusWriter(RadiusCode.AccountingRequest, 1).Add(RadiusType.AcctStatusType, 1).Add(RadiusType.AcctSessionId, "s")
            .Add(RadiusType.FramedIpAddress, Address.Parse("255.255.255.254")).Add(RadiusType.FramedIpv6Prefix, [0, 200, 1]).Add(RadiusType.FramedRoute, "0.0.0.0/0 192.0.2.1 1");

        Assert.Empty(AccountingRequest.Read(Read(wild.ToRequest(Secret)))!.Prefixes);
        Assert.Null(AccountingRequest.Read(Read(new RadiusWriter(RadiusCode.AccountingRequest, 1).Add(RadiusType.AcctStatusType, 1).ToRequest(Secret))));
        Assert.Null(AccountingRequest.Read(Read(new RadiusWriter(RadiusCode.AccountingRequest, 1).Add(RadiusType.AcctStatusType, 9).Add(RadiusType.AcctSessionId, "s").ToRequest(Secret))));
        Assert.NotNull(AccountingRequest.Read(Read(new RadiusWriter(RadiusCode.AccountingRequest, 1).Add(RadiusType.AcctStatusType, 7).ToRequest(Secret))));
    }

    private static RadiusWriter Start() => new RadiusWriter(RadiusCode.AccountingRequest, 7)
        .Add(RadiusType.AcctStatusType, 1)
        .Add(RadiusType.AcctSessionId, "s1")
        .Add(RadiusType.NasIdentifier, "bras")
        .Add(RadiusType.UserName, "kim@provider.example")
        .Add(RadiusType.FramedIpAddress, Address.Parse("198.51.100.7"));

    private static RadiusPacket Read(byte[] octets)
    {
        Assert.True(RadiusPacket.TryRead(octets, out var packet));
        return packet;
    }
}
