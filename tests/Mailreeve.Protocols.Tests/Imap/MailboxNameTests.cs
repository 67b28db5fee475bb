using System.Buffers;
using System.Text;
using CsCheck;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class MailboxNameTests
{
    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("Entw&APw-rfe", "Entwürfe")]
    [InlineData("R&-D", "R&D")]
    [InlineData("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語")]
    [InlineData("&2D3eAA-", "😀")]
    [InlineData("&Jjo-!", "☺!")]
    public void A_name_is_the_same_both_ways(string wire, string name)
    {
        Assert.Equal(name, Decode(wire));
        Assert.Equal(wire, Encode(name));
    }

    [Theory]
    [InlineData("inbox", "INBOX")]
    [InlineData("R&D", "R&D")]
    [InlineData("&", "&")]
    [InlineData("a & b", "a & b")]
    [InlineData("&AGE-", "&AGE-")]
    [InlineData("&ACo-", "&ACo-")]
    [InlineData("&2D0-", "&2D0-")]
    [InlineData("&APx-", "&APx-")]
    [InlineData("&AP-", "&AP-")]
    [InlineData("&A-", "&A-")]
    [InlineData("&*-", "&*-")]
    public void What_is_no_modified_utf7_is_taken_as_it_stands(string wire, string name)
    {
        Assert.Equal(name, Decode(wire));
        Assert.Equal(name, Decode(Encode(name)));
    }

    [Fact]
    public void Raw_utf8_is_taken()
    {
        Assert.True(MailboxName.TryDecode("Entwürfe & mehr"u8, out var name));
        Assert.Equal("Entwürfe & mehr", name);
    }

    [Theory]
    [InlineData("a\u0001")]
    [InlineData("a\u007f")]
    [InlineData("a\r\nb")]
    [InlineData("\u00ff")]
    [InlineData("&AAo-")]
    [InlineData("&AIU-")]
    public void Control_characters_and_broken_utf8_are_refused_however_they_are_written(string wire)
    {
        Assert.False(MailboxName.TryDecode(Wire.Octets(wire), out _));
    }

    [Fact]
    public void Whatever_is_read_can_be_written_and_is_read_the_same()
    {
        var piece = Gen.OneOf("&", "-", "APw", "ü", "a", "*", "%", "2D3eAA", "😀", "/", ",", "INBOX", "\"", "\\");

        piece.Array[0, 8].Select(string.Concat).Sample(text =>
        {
            if (!MailboxName.TryDecode(Encoding.UTF8.GetBytes(text), out var name))
                return false;
            var wire = Encode(name);
            return wire.All(c => c is >= ' ' and <= '~') && Decode(wire) == name;
        });
    }

    private static string Decode(string wire)
    {
        Assert.True(MailboxName.TryDecode(Wire.Octets(wire), out var name));
        return name;
    }

    private static string Encode(string name)
    {
        var output = new ArrayBufferWriter<byte>();
        MailboxName.Encode(name, output);
        return Wire.Text(output.WrittenSpan);
    }
}
