using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.Smtp;

public class CommandLineTests
{
    [Theory]
    [InlineData("EHLO a.example", SmtpVerb.Ehlo, "a.example")]
    [InlineData("ehLO  a.example  ", SmtpVerb.Ehlo, "a.example")]
    [InlineData("mail FROM:<>", SmtpVerb.Mail, "FROM:<>")]
    [InlineData("DATA", SmtpVerb.Data, "")]
    [InlineData("StartTls", SmtpVerb.StartTls, "")]
    [InlineData("DATAX", SmtpVerb.Unknown, "")]
    [InlineData("", SmtpVerb.Unknown, "")]
    [InlineData(" QUIT", SmtpVerb.Unknown, "QUIT")]
    [InlineData("GET / HTTP/1.1", SmtpVerb.Http, "/ HTTP/1.1")]
    public void A_line_is_split_into_verb_and_argument(string line, SmtpVerb verb, string argument)
    {
        Assert.True(CommandLine.TryParse(Encoding.ASCII.GetBytes(line), out var command));
        Assert.Equal(verb, command.Verb);
        Assert.Equal(argument, Encoding.ASCII.GetString(command.Argument));
    }

    [Theory]
    [InlineData("RCPT TO:<a@b.example>\rDATA")]
    [InlineData("NOOP \0")]
    [InlineData("NOOP \x7f")]
    [InlineData("\x1b[2J")]
    public void A_line_with_a_control_character_is_no_command(string line)
    {
        Assert.False(CommandLine.TryParse(Encoding.ASCII.GetBytes(line), out _));
    }
}
