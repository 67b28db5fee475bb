using System.Text;
using CsCheck;
using Mailreeve.Protocols.Sasl;

namespace Mailreeve.Protocols.Tests.Sasl;

public class SaslTests
{
    [Theory]
    [InlineData("\0user@provider.example\0two words")]
    [InlineData("user@provider.example\0user@provider.example\0two words")]
    public void Name_and_password_are_read(string message)
    {
        Assert.True(SaslPlain.TryParse(Base64(message), out var plain));
        Assert.Equal("user@provider.example", plain.User);
        Assert.Equal("two words", plain.Password);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("\0a")]
    [InlineData("\0\0b")]
    [InlineData("\0a\0")]
    [InlineData("\0a\0b\0c")]
    [InlineData("someone-else\0a\0b")]
    public void What_is_no_message_of_plain_or_acts_for_someone_else_is_refused(string message) =>
        Assert.False(SaslPlain.TryParse(Base64(message), out _));

    [Theory]
    [InlineData("AGEAYg=")]
    [InlineData("AGEA Yg==")]
    [InlineData("AGEAYg==\n")]
    [InlineData("=")]
    [InlineData("*")]
    [InlineData("AGEAYg==AGEAYg==")]
    [InlineData("AGEA/w==")]
    public void What_is_no_base64_or_no_utf8_is_refused(string sent) => Assert.False(SaslPlain.TryParse(Encoding.ASCII.GetBytes(sent), out _));

    [Theory]
    [InlineData(255, 255, true)]
    [InlineData(256, 1, false)]
    [InlineData(1, 256, false)]
    public void Name_and_password_have_255_octets_at_most(int user, int password, bool read)
    {
        Assert.Equal(read, SaslPlain.TryParse(Base64($"\0{new string('a', user)}\0{new string('b', password)}"), out _));
        Assert.Equal(user <= 255, SaslLogin.TryParse(Base64(new string('a', user)), out _));
    }

    [Fact]
    public void Octets_without_end_are_refused_without_being_held() => Assert.False(SaslPlain.TryParse(Base64(new string('x', 9_000)), out _));

    [Fact]
    public void Any_name_and_password_come_through()
    {
        var text = Gen.String[Gen.Char['\x01', '\u07FF'], 1, 120];

        Gen.Select(text, text).Sample((user, password) =>
            SaslPlain.TryParse(Base64($"\0{user}\0{password}"), out var plain) && plain == new SaslPlain(user, password)
            && SaslLogin.TryParse(Base64(user), out var step) && step == user);
    }

    [Fact]
    public void Any_octets_are_read_or_refused() => Gen.Byte.Array[0, 900].Sample(octets =>
        SaslPlain.TryParse(octets, out var plain) == plain is not null
        && SaslPlain.TryParse(Encoding.ASCII.GetBytes(Convert.ToBase64String(octets)), out var decoded) == decoded is not null
        && SaslLogin.TryParse(octets, out var text) == text is not null);

    [Fact]
    public void The_challenges_of_login_are_what_outlook_expects()
    {
        Assert.Equal("Username:", Encoding.ASCII.GetString(Convert.FromBase64String(Encoding.ASCII.GetString(SaslLogin.UserChallenge))));
        Assert.Equal("Password:", Encoding.ASCII.GetString(Convert.FromBase64String(Encoding.ASCII.GetString(SaslLogin.PasswordChallenge))));
    }

    [Fact]
    public void A_password_is_not_printed() => Assert.DoesNotContain("secret", new SaslPlain("a", "secret").ToString(), StringComparison.Ordinal);

    private static byte[] Base64(string text) => Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));
}
