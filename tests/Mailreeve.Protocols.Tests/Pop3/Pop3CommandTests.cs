using System.Text;
using CsCheck;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Protocols.Tests.Pop3;

public class Pop3CommandTests
{
    [Theory]
    [InlineData("RETR 1", Pop3Verb.Retr, "1")]
    [InlineData("retr  1  ", Pop3Verb.Retr, "1")]
    [InlineData("STAT ", Pop3Verb.Stat, "")]
    [InlineData("UIDL", Pop3Verb.Uidl, "")]
    [InlineData("Top 1 0", Pop3Verb.Top, "1 0")]
    [InlineData("AUTH PLAIN =", Pop3Verb.Auth, "PLAIN =")]
    [InlineData("APOP a 0123", Pop3Verb.Unknown, "a 0123")]
    [InlineData("RETRX 1", Pop3Verb.Unknown, "1")]
    [InlineData(" QUIT", Pop3Verb.Unknown, "QUIT")]
    [InlineData("", Pop3Verb.Unknown, "")]
    [InlineData("GET / HTTP/1.1", Pop3Verb.Http, "/ HTTP/1.1")]
    public void A_line_is_split_into_keyword_and_argument(string line, Pop3Verb verb, string argument)
    {
        Assert.True(Pop3Command.TryParse(Encoding.UTF8.GetBytes(line), out var command));
        Assert.Equal(verb, command.Verb);
        Assert.Equal(argument, Encoding.UTF8.GetString(command.Argument));
    }

    [Theory]
    [InlineData("PASS  two  words ", " two  words ")]
    [InlineData("pass möwe", "möwe")]
    [InlineData("PASS", "")]
    public void A_password_keeps_its_blanks(string line, string password)
    {
        Assert.True(Pop3Command.TryParse(Encoding.UTF8.GetBytes(line), out var command));
        Assert.Equal(Pop3Verb.Pass, command.Verb);
        Assert.Equal(password, Encoding.UTF8.GetString(command.Argument));
    }

    [Theory]
    [InlineData("RETR 1\rDELE 1")]
    [InlineData("NOOP \0")]
    [InlineData("NOOP \x7f")]
    [InlineData("PASS a\tb")]
    public void A_line_with_a_control_character_is_no_command(string line) =>
        Assert.False(Pop3Command.TryParse(Encoding.ASCII.GetBytes(line), out _));

    [Fact]
    public void Whatever_is_sent_the_argument_is_a_part_of_it()
    {
        var like = Gen.OneOf("USER a", "PASS b c", "TOP 1 2", "LIST 999999999", "AUTH PLAIN AGEAYg==", "CAPA");
        var mutation = Gen.Select(Gen.Int[0, 30], Gen.Byte);

        Gen.Select(like, mutation.Array[0, 4]).Sample((line, mutations) =>
        {
            var octets = Encoding.ASCII.GetBytes(line);
            foreach (var (at, value) in mutations)
                octets[at % octets.Length] = value;
            if (!Pop3Command.TryParse(octets, out var command))
                return octets.Any(o => o is < 0x20 or 0x7F);
            var isNumber = MessageNumber.TryParse(command.Argument, out var number);
            var isTop = MessageNumber.TryParseTop(command.Argument, out var top, out var lines);
            return octets.AsSpan().IndexOf(command.Argument) >= 0 && !(isNumber && isTop) && number >= 0 && top >= 0 && lines >= 0;
        });
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("007", 7)]
    [InlineData("0", 0)]
    [InlineData("999999999", 999_999_999)]
    public void A_number_is_digits(string argument, int number)
    {
        Assert.True(MessageNumber.TryParse(Encoding.ASCII.GetBytes(argument), out var read));
        Assert.Equal(number, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1 ")]
    [InlineData("1x")]
    [InlineData("9999999999")]
    public void Anything_else_is_none(string argument) => Assert.False(MessageNumber.TryParse(Encoding.ASCII.GetBytes(argument), out _));

    [Theory]
    [InlineData("3 10", true)]
    [InlineData("3  10", true)]
    [InlineData("3", false)]
    [InlineData("3 -1", false)]
    [InlineData("3 1 1", false)]
    [InlineData(" 1", false)]
    public void Top_takes_two_numbers(string argument, bool taken) =>
        Assert.Equal(taken, MessageNumber.TryParseTop(Encoding.ASCII.GetBytes(argument), out _, out _));
}
