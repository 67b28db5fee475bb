using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

public class AuthenticationCommandsTests
{
    [Theory]
    [InlineData("1 LOGIN user pass", "user", "pass")]
    [InlineData("1 LOGIN \"user@a.example\" \"p\\\"a\\\\ss\"", "user@a.example", "p\"a\\ss")]
    [InlineData("1 LOGIN {4}\r\nuser {7+}\r\npa\r\n{9}", "user", "pa\r\n{9}")]
    [InlineData("1 LOGIN  user  pass ", "user", "pass")]
    [InlineData("1 LOGIN user \"\"", "user", "")]
    [InlineData("1 LOGIN user pa]ss", "user", "pa]ss")]
    public void Login_takes_atoms_quoted_strings_and_literals(string text, string user, string password)
    {
        Assert.Equal(new ImapCommand.Login("1", user, password), Wire.Parse(text));
    }

    [Fact]
    public void A_quoted_password_may_be_utf8()
    {
        Assert.Equal(new ImapCommand.Login("1", "ü", "pä\"ss"), Wire.ParseUtf8("1 LOGIN \"ü\" \"pä\\\"ss\""));
    }

    [Theory]
    [InlineData("1 LOGIN user")]
    [InlineData("1 LOGIN user pass more")]
    [InlineData("1 LOGIN user pa(ss")]
    [InlineData("1 LOGIN user \"pass")]
    [InlineData("1 LOGIN user \"pa\\ss\"")]
    [InlineData("1 LOGIN user \"pass\\")]
    [InlineData("1 LOGIN user \"pa\\\"\0ss\"")]
    [InlineData("1 LOGIN user \"pa\0ss\"")]
    [InlineData("1 LOGIN user \"pa\rss\"")]
    [InlineData("1 LOGIN user \"pa\nss\"")]
    [InlineData("1 LOGIN user \"\u00ff\"")]
    [InlineData("1 LOGIN user {4}\r\npa\0s")]
    [InlineData("1 LOGIN user {5}\r\npass")]
    [InlineData("1 LOGIN user {3}\r\npass")]
    [InlineData("1 LOGIN user {-100}")]
    [InlineData("1 LOGIN user {99999999999999999999999999}")]
    [InlineData("1 LOGIN user {99999999999999999999}\r\nx")]
    [InlineData("1 LOGIN user {4}\npass")]
    [InlineData("1 LOGIN user {4\r\npass")]
    [InlineData("1 LOGIN (user) pass")]
    public void What_is_no_login_is_malformed(string text)
    {
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text));
    }

    [Fact]
    public void Neither_a_password_nor_a_response_is_ever_printed()
    {
        Assert.DoesNotContain("secret", Wire.Parse("1 LOGIN user secret").ToString(), StringComparison.Ordinal);
        Assert.Equal("Authenticate { Tag = 1, Mechanism = PLAIN }", Wire.Parse("1 AUTHENTICATE PLAIN AHVzZXIAcGFzcw==").ToString());
    }

    [Theory]
    [InlineData("1 AUTHENTICATE PLAIN", null)]
    [InlineData("1 authenticate plain ", null)]
    [InlineData("1 AUTHENTICATE PLAIN =", "")]
    [InlineData("1 AUTHENTICATE PLAIN AHVzZXIAcGFzcw==", "\0user\0pass")]
    [InlineData("1 AUTHENTICATE PLAIN  AHVzZXIAcGFzcw==", "\0user\0pass")]
    public void Authenticate_may_bring_its_first_response(string text, string? response)
    {
        var command = Assert.IsType<ImapCommand.Authenticate>(Wire.Parse(text));

        Assert.Equal("PLAIN", command.Mechanism);
        Assert.Equal(response, command.InitialResponse is { } octets ? Wire.Text(octets) : null);
    }

    [Theory]
    [InlineData("1 AUTHENTICATE")]
    [InlineData("1 AUTHENTICATE PLAIN AHVzZX")]
    [InlineData("1 AUTHENTICATE PLAIN AHVz=ZXI")]
    [InlineData("1 AUTHENTICATE PLAIN AHVz ZXIA")]
    [InlineData("1 AUTHENTICATE PLAIN {4}\r\nAHVz")]
    public void A_response_that_is_no_base64_is_malformed(string text)
    {
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("AHVz", "\0us")]
    [InlineData("=", null)]
    [InlineData("AH Vz", null)]
    [InlineData("AHV", null)]
    [InlineData("AHVz\n", null)]
    [InlineData("*", null)]
    public void A_line_of_response_is_decoded_or_refused(string line, string? response)
    {
        Assert.Equal(response is not null, SaslResponse.TryDecode(Wire.Octets(line), out var octets));
        Assert.Equal(response, octets is null ? null : Wire.Text(octets));
        Assert.Equal(line == "*", SaslResponse.IsCancelled(Wire.Octets(line)));
    }

    [Fact]
    public void Id_takes_fields_or_nil()
    {
        Assert.Equal(new ImapCommand.Id("1", []), Wire.Parse("1 ID NIL"));
        Assert.Equal(new ImapCommand.Id("1", []), Wire.Parse("1 ID ()"));
        Assert.Equal(
            new ImapCommand.Id("1", [new IdField("name", "Thunderbird"), new IdField("version", null)]),
            Wire.Parse("1 ID (\"name\" \"Thunderbird\" \"version\" NIL)"));
    }

    [Theory]
    [InlineData("1 ID")]
    [InlineData("1 ID (name x)")]
    [InlineData("1 ID (\"name\")")]
    [InlineData("1 ID (\"name\" \"x\"")]
    [InlineData("1 ID NILS")]
    public void What_is_no_id_is_malformed(string text)
    {
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse(text));
    }

    [Fact]
    public void Id_has_as_many_fields_as_its_standard_allows()
    {
        static string Id(int fields, int value) => $"1 ID ({string.Join(' ', Enumerable.Repeat($"\"a\" \"{new string('x', value)}\"", fields))})";

        Assert.IsType<ImapCommand.Id>(Wire.Parse(Id(30, 1024)));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse(Id(31, 1)));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse(Id(1, 1025)));
    }

    [Fact]
    public void Enable_names_capabilities()
    {
        Assert.Equal(new ImapCommand.Enable("1", ["CONDSTORE", "X-UNKNOWN"]), Wire.Parse("1 ENABLE condstore X-Unknown"));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse("1 ENABLE"));
        Assert.IsType<ImapCommand.Malformed>(Wire.Parse("1 ENABLE (X)"));
    }
}
