using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Protocols.Dkim;

namespace Mailreeve.Protocols.Tests.Dkim;

public class BodyHasherTests
{
    [Theory]
    [InlineData("", "\r\n")]
    [InlineData("\r\n", "\r\n")]
    [InlineData("\r\n\r\n\r\n", "\r\n")]
    [InlineData("one", "one\r\n")]
    [InlineData("one\r\n", "one\r\n")]
    [InlineData("one \t\r\n\r\n\r\n", "one \t\r\n")]
    [InlineData(" \r\n", " \r\n")]
    [InlineData("one\r\n\r\n two\r", "one\r\n\r\n two\r\r\n")]
    public void The_simple_form_loses_empty_lines_at_the_end_only(string body, string form) => AssertForm(Canonicalization.Simple, body, form);

    // RFC 6376 §3.4.4.
    [Theory]
    [InlineData("", "")]
    [InlineData("\r\n\r\n", "")]
    [InlineData("  \t ", "")]
    [InlineData(" \r\n\t\r\n", "")]
    [InlineData("one", "one\r\n")]
    [InlineData(" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n")]
    [InlineData("one \t \r\n \r\n  two\t\tthree \r\n \r\n", "one\r\n\r\n two three\r\n")]
    [InlineData("one\rtwo\r\n", "one\rtwo\r\n")]
    [InlineData("one\ntwo \n\r\n", "one\ntwo \n\r\n")]
    public void The_relaxed_form_loses_white_space_at_ends_of_lines_and_all_but_one_space_within(string body, string form) =>
        AssertForm(Canonicalization.Relaxed, body, form);

    [Theory]
    [InlineData(0, "")]
    [InlineData(3, "one")]
    [InlineData(4, "one\r")]
    [InlineData(100, "one\r\ntwo\r\n")]
    public void No_more_than_the_limit_is_hashed_and_all_is_counted(int limit, string hashed)
    {
        using var hasher = new BodyHasher(Canonicalization.Simple, limit);
        hasher.Append("one\r\ntwo\r\n\r\n"u8);

        Assert.Equal(SHA256.HashData(Encoding.Latin1.GetBytes(hashed)), hasher.Finish());
        Assert.Equal(10, hasher.Length);
    }

    private static void AssertForm(Canonicalization form, string body, string expected)
    {
        var octets = Encoding.Latin1.GetBytes(body);
        var hash = SHA256.HashData(Encoding.Latin1.GetBytes(expected));

        Assert.Equal(hash, BodyHasher.Of(new ReadOnlySequence<byte>(octets), form));
        // However it is cut into pieces.
        using var hasher = new BodyHasher(form);
        foreach (var octet in octets)
            hasher.Append([octet]);
        Assert.Equal(hash, hasher.Finish());
        Assert.Equal(expected.Length, hasher.Length);
    }
}
