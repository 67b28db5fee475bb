using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Milter;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.Milter;

public class MilterTests
{
    [Fact]
    public void Packets_are_cut_by_their_length()
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes("\0\0\0\u0005Hhost\0\0\0\u0001N\0\0\0"));

        Assert.Equal(MilterFrameStatus.Packet, MilterFramer.Next(ref buffer, out var command, out var data));
        Assert.Equal(MilterCommand.Helo, command);
        Assert.Equal("host", Encoding.ASCII.GetString(data));
        Assert.Equal(MilterFrameStatus.Packet, MilterFramer.Next(ref buffer, out command, out data));
        Assert.Equal((MilterCommand.EndOfHeader, 0), (command, data.Length));
        Assert.Equal(MilterFrameStatus.NeedMore, MilterFramer.Next(ref buffer, out _, out _));
    }

    [Theory]
    [InlineData("\0\0\0\0")]
    [InlineData("\0\u0004\0\u0001")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff")]
    public void A_length_that_no_packet_has_is_told(string input)
    {
        var buffer = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(input));

        Assert.Equal(MilterFrameStatus.BadLength, MilterFramer.Next(ref buffer, out _, out _));
    }

    [Theory]
    [InlineData("host\0" + "4\u0012\u0034192.0.2.7\0", "192.0.2.7")]
    [InlineData("host\0" + "6\u0012\u0034IPv6:2001:db8::7\0", "2001:db8::7")]
    [InlineData("host\0" + "6\u0012\u00342001:db8::7\0", "2001:db8::7")]
    [InlineData("localhost\0U", null)]
    public void Who_has_connected_is_read(string data, string? address)
    {
        Assert.True(MilterConnect.TryParse(Encoding.Latin1.GetBytes(data), out var client));
        Assert.Equal(Address.ParseOrNull(address), client);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host\0")]
    [InlineData("host\0X")]
    [InlineData("host\0" + "4\u0012")]
    [InlineData("host\0" + "4\u0012\u0034not an address\0")]
    public void A_malformed_client_is_told(string data) => Assert.False(MilterConnect.TryParse(Encoding.Latin1.GetBytes(data), out _));

    [Fact]
    public void What_both_can_is_agreed()
    {
        byte[] offer = [0, 0, 0, 2, 0, 0, 0, 0x3f, 0, 0, 0, 0x7f];

        Assert.True(MilterOptions.TryParse(offer, out var offered));
        Assert.Equal(
            new MilterOptions(2, MilterActions.AddHeaders, MilterSteps.NoBody),
            offered.Agree(MilterActions.AddHeaders, MilterSteps.NoBody | MilterSteps.Skip));
        Assert.False(MilterOptions.TryParse(offer.AsSpan(0, 11), out _));
    }

    [Fact]
    public void A_field_goes_over_the_wire_with_lf_between_its_lines()
    {
        var output = new ArrayBufferWriter<byte>();

        MilterResponse.InsertFirst(output, "X-Trace: one\r\n two\r\n"u8, leadingSpace: false);
        MilterResponse.InsertFirst(output, "X-Trace: one\r\n"u8, leadingSpace: true);
        MilterResponse.Refuse(output, Reply.Of(550, "5.7.1", "100% no"));

        Assert.Equal(
            "\0\0\0\u0016i\0\0\0\0X-Trace\0one\n two\0" + "\0\0\0\u0012i\0\0\0\0X-Trace\0 one\0" + "\0\0\0\u0014y550 5.7.1 100%% no\0",
            Encoding.Latin1.GetString(output.WrittenSpan));
        Assert.Throws<ArgumentException>(() => MilterResponse.InsertFirst(output, "no field"u8, leadingSpace: true));
    }
}
