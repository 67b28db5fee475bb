using System.Text;
using CsCheck;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.Smtp;

public class SmtpPathTests
{
    [Theory]
    [InlineData("<a@b.example>", "a", "b.example")]
    [InlineData("<a.b+c@B.Example>", "a.b+c", "B.Example")]
    [InlineData("<\"a b\"@b.example>", "a b", "b.example")]
    [InlineData("<\"a\\\"b\"@b.example>", "a\"b", "b.example")]
    [InlineData("<\"\"@b.example>", "", "b.example")]
    [InlineData("<\"u@v.example\"@b.example>", "u@v.example", "b.example")]
    [InlineData("<a@[192.0.2.1]>", "a", "[192.0.2.1]")]
    [InlineData("<a@[IPv6:2001:db8::1]>", "a", "[IPv6:2001:db8::1]")]
    [InlineData("<u%v.example@b.example>", "u%v.example", "b.example")]
    [InlineData("<v.example!u>", "v.example!u", "")]
    [InlineData("<Postmaster>", "Postmaster", "")]
    [InlineData("<\"\">", "", "")]
    [InlineData("<用户@例え.example>", "用户", "例え.example")]
    public void A_path_gives_its_mailbox(string path, string local, string domain)
    {
        ReadOnlySpan<byte> input = Encoding.UTF8.GetBytes(path);

        Assert.True(SmtpPath.TryParse(ref input, out var mailbox, out var problem));
        Assert.Equal(new Mailbox(local, domain), mailbox);
        Assert.Equal(PathProblem.None, problem);
        Assert.True(input.IsEmpty);
    }

    [Fact]
    public void The_null_path_is_no_mailbox_and_no_error()
    {
        var input = "<> SIZE=1"u8;

        Assert.True(SmtpPath.TryParse(ref input, out var mailbox, out _));
        Assert.Null(mailbox);
        Assert.Equal(" SIZE=1"u8, input);
    }

    [Theory]
    [InlineData("a@b.example")]
    [InlineData("<a@b.example")]
    [InlineData("<a@b.example.>")]
    [InlineData("<a@.example>")]
    [InlineData("<a@-b.example>")]
    [InlineData("<a@b_>x")]
    [InlineData("<a@v.example@b.example>")]
    [InlineData("<a@v.example@[192.0.2.1]>")]
    [InlineData("<.a@b.example>")]
    [InlineData("<a.@b.example>")]
    [InlineData("<a..b@b.example>")]
    [InlineData("<a b@b.example>")]
    [InlineData("<@>")]
    [InlineData("<a@>")]
    [InlineData("< a@b.example>")]
    [InlineData("<\"a@b.example>")]
    [InlineData("<\"a\\>")]
    [InlineData("<\"a\r\nRSET\"@b.example>")]
    [InlineData("<\"a\\\r\"@b.example>")]
    [InlineData("<a@[192.0.2.1>")]
    [InlineData("<a@[192.0.2.256]>")]
    [InlineData("<a@[2001:db8::1]>")]
    [InlineData("<a@[IPv6:192.0.2.1]>")]
    [InlineData("<a@[tag:content]>")]
    [InlineData("<a\u0085b@b.example>")]
    [InlineData("<a\u2028b@b.example>")]
    public void What_is_no_path_is_refused(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        ReadOnlySpan<byte> input = bytes;

        var parsed = SmtpPath.TryParse(ref input, out var mailbox, out _);

        Assert.True(!parsed || !input.IsEmpty, $"{mailbox}");
    }

    [Fact]
    public void Octets_that_are_no_utf8_are_refused()
    {
        ReadOnlySpan<byte> input = [(byte)'<', 0xC3, 0x28, (byte)'@', (byte)'b', (byte)'>'];

        Assert.False(SmtpPath.TryParse(ref input, out _, out _));
    }

    [Theory]
    [InlineData("<@b.example:u@v.example>")]
    [InlineData("<@[192.0.2.1]:u@v.example>")]
    [InlineData("<@a.example,@b.example:u@v.example>")]
    public void A_source_route_is_named_as_one(string path)
    {
        ReadOnlySpan<byte> input = Encoding.UTF8.GetBytes(path);

        Assert.False(SmtpPath.TryParse(ref input, out _, out var problem));
        Assert.Equal(PathProblem.SourceRoute, problem);
    }

    [Theory]
    [InlineData(64, PathProblem.None)]
    [InlineData(65, PathProblem.TooLong)]
    public void A_local_part_has_64_octets_at_most(int length, PathProblem expected)
    {
        foreach (var local in new[] { new string('a', length), $"\"{new string('a', length)}\"" })
        {
            ReadOnlySpan<byte> input = Encoding.UTF8.GetBytes($"<{local}@b.example>");

            Assert.Equal(expected == PathProblem.None, SmtpPath.TryParse(ref input, out _, out var problem));
            Assert.Equal(expected, problem);
        }
    }

    [Fact]
    public void What_a_mailbox_prints_is_read_back_as_the_same_mailbox()
    {
        var local = Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['à', 'ÿ']).Array[0, 30].Select(c => new string(c));

        local.Sample(l =>
        {
            var mailbox = new Mailbox(l, "b.example");
            ReadOnlySpan<byte> input = Encoding.UTF8.GetBytes($"<{mailbox}>");
            return SmtpPath.TryParse(ref input, out var read, out _) && input.IsEmpty && read == mailbox;
        });
    }

    [Fact]
    public void No_input_makes_the_parser_fail_or_pass_on_a_control_character()
    {
        var path = Gen.OneOf(Gen.Byte, Gen.OneOf("<>@\"\\.[]:\r\n\0"u8.ToArray())).Array[0, 40];

        path.Sample(bytes =>
        {
            ReadOnlySpan<byte> input = [(byte)'<', .. bytes];
            return !SmtpPath.TryParse(ref input, out var mailbox, out _) || mailbox is null || !mailbox.ToString().Any(char.IsControl);
        });
    }
}
