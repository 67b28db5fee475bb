using System.Text;
using CsCheck;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Tests.Messages;

public class SearchTextTests
{
    private const string Message = """
        Subject: Weekly =?utf-8?q?Gr=C3=BC=C3=9Fe?= to
         all of you
        From: =?iso-8859-1?b?SuRnZXI=?= <hunter@a.example>
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain; charset=utf-8

        Plain Text with Zebra and Äpfel
        --b
        Content-Type: text/plain; charset=iso-8859-1
        Content-Transfer-Encoding: quoted-printable

        Soft line bre=
        aks and =C4pfel with 1=3D1
        --b
        Content-Type: text/plain; charset=iso-2022-jp
        Content-Transfer-Encoding: base64

        GyRCRnxLXBsoQiBhbmQg
        bW9yZQ==
        --b
        Content-Type: application/octet-stream; name="=?utf-8?q?pl=C3=A4ne.bin?="

        Unsearchable
        --b
        Content-Type: message/rfc822

        Subject: inner =?us-ascii?q?subject=5fline?=

        Deep text
        --b--
        """;

    [Theory]
    [InlineData("zebra")]
    [InlineData("ZEBRA AND")]
    [InlineData("äPFEL")]
    [InlineData("breaks and Äpfel")]
    [InlineData("with 1=1")]
    [InlineData("日本 and more")]
    [InlineData("PLÄNE.bin")]
    [InlineData("subject_line")]
    [InlineData("deep TEXT")]
    [InlineData("")]
    [InlineData("x")]
    public void The_body_is_searched_decoded_and_in_any_case(string text) => Assert.True(IsInBody(text));

    [Theory]
    [InlineData("zebras")]
    [InlineData("Unsearchable")]
    [InlineData("=C4")]
    [InlineData("GyRC")]
    [InlineData("$BF|")]
    [InlineData("hunter")]
    [InlineData("Straße")]
    public void What_is_not_text_is_not_found(string text) => Assert.False(IsInBody(text));

    [Theory]
    [InlineData("subject", "grüße TO ALL", true)]
    [InlineData("Subject", "to all of", true)]
    [InlineData("SUBJECT", "=C3", false)]
    [InlineData("from", "jäger", true)]
    [InlineData("from", "HUNTER@", true)]
    [InlineData("from", "weekly", false)]
    [InlineData("cc", "", false)]
    [InlineData("from", "", true)]
    public void Header_fields_are_searched_decoded_and_unfolded(string name, string text, bool isIn)
    {
        var header = Header();

        Assert.Equal(isIn, SearchText.IsInField(header, Encoding.ASCII.GetBytes(name), SearchNeedle.Of(text)));
    }

    [Fact]
    public void TEXT_is_header_or_body()
    {
        var octets = SomeMail.Octets(Message);
        var summary = MessageSummary.Of(octets);

        Assert.True(SearchText.IsInMessage(octets, summary, SearchNeedle.Of("HUNTER")));
        Assert.True(SearchText.IsInMessage(octets, summary, SearchNeedle.Of("Zebra")));
        Assert.True(SearchText.IsInMessage(octets, summary, SearchNeedle.Of("all of you")));
        Assert.False(SearchText.IsInMessage(octets, summary, SearchNeedle.Of("nobody wrote this")));
        Assert.True(SearchText.IsInHeader("Subject: a\r\n b\r\n"u8, SearchNeedle.Of("a b")));
        Assert.False(SearchText.IsInHeader("Subject: a\r\n b\r\n"u8, SearchNeedle.Of("ab")));
    }

    [Theory]
    [InlineData("", "gr\u00FCn")]
    [InlineData("Content-Type: text/plain; charset=utf-8\r\n", "GR\u00DCN")]
    [InlineData("Content-Type: text/plain; charset=no-such-thing\r\n", "gr\u00FCn")]
    public void Eight_bit_text_that_is_no_UTF_8_is_read_as_Latin_1(string header, string text)
    {
        byte[] octets = [.. Encoding.ASCII.GetBytes(header), .. Encoding.Latin1.GetBytes("\r\nalles gr\u00FCn\r\n")];

        Assert.True(SearchText.IsInBody(octets, MessageSummary.Of(octets), SearchNeedle.Of(text)));
    }

    [Fact]
    public void A_needle_is_found_where_it_is_and_nowhere_else()
    {
        var text = Gen.Char["abAB@`{[ "].Array[0, 120].Select(c => new string(c));
        var needle = Gen.Char["abAB@`{[ "].Array[1, 5].Select(c => new string(c));

        Gen.Select(text, needle).Sample((t, n) =>
            SearchNeedle.Of(n).IsInOctets(Encoding.ASCII.GetBytes(t)) == t.Contains(n, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Transfer_encodings_are_undone_forgivingly()
    {
        Assert.Equal("any carnal pleas", Base64("YW55IGNhcm5\r\nhbCBwbGVhcw==\r\n"));
        Assert.Equal("any carnal pleas", Base64("YW55IGNhcm5!hbCBwbGVhcw"));
        Assert.Equal("onetwo", Base64("b25l\r\ndHdv"));
        Assert.Equal("atwo", Base64("YQ==\r\ndHdv"));
        Assert.Equal("", Base64("===="));
        Assert.Equal("a", Base64("YQ"));
        Assert.Equal("a=b=ZZ c", QuotedPrintable("a=3Db=ZZ=20=  \r\nc"));
        Assert.Equal("a", QuotedPrintable("a="));
    }

    private static string Base64(string body)
    {
        var decoded = new byte[body.Length];
        return Encoding.ASCII.GetString(decoded, 0, TransferDecoding.Base64(Encoding.ASCII.GetBytes(body), decoded));
    }

    private static string QuotedPrintable(string body)
    {
        var decoded = new byte[body.Length];
        return Encoding.ASCII.GetString(decoded, 0, TransferDecoding.QuotedPrintable(Encoding.ASCII.GetBytes(body), decoded));
    }

    private static byte[] Header()
    {
        var octets = SomeMail.Octets(Message);
        return octets[..MessageSummary.Of(octets).HeaderBytes];
    }

    private static bool IsInBody(string text)
    {
        var octets = SomeMail.Octets(Message);
        return SearchText.IsInBody(octets, MessageSummary.Of(octets), SearchNeedle.Of(text));
    }
}
