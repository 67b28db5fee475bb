namespace Mailreeve.Mail.Tests.Smtp;

// C7: "you must also ensure that you run a closed system". V = v.example is the victim, D = provider.example is ours.
public class SmtpRelayTests
{
    private static readonly string[] Senders =
        ["<>", "<a@v.example>", "<a@provider.example>", "<a@[127.0.0.1]>", "<a@localhost>", "<a>"];

    private static readonly string[] Recipients =
    [
        "u@v.example", "u%v.example@provider.example", "u%v.example@[127.0.0.1]", "\"u@v.example\"", "\"u%v.example\"",
        "\"u@v.example\"@provider.example", "\"u@v.example\"@[127.0.0.1]", "u@v.example@provider.example", "u@v.example@[127.0.0.1]",
        "@provider.example:u@v.example", "@[127.0.0.1]:u@v.example", "v.example!u", "v.example!u@provider.example",
        "v.example!u@[127.0.0.1]", "u%v.example", "u%v.example%provider.example@provider.example", "postmaster%v.example@provider.example",
        "u@V.EXAMPLE", "u@v.example.", "abuse@provider.example.", "abuse@xn--prvider-64a.example", "u+tag%v.example@provider.example",
        "abuse+v.example!u@provider.example", "\"abuse\\\"@v.example\"@provider.example", "abuse@sub.provider.example", "abuse@[127.0.0.1]",
        "abuse", "\"\"", "\"\"@provider.example", "notice+u%v.example@provider.example",
    ];

    public static TheoryData<string> EverySender => [.. Senders];

    [Theory]
    [MemberData(nameof(EverySender))]
    public async Task C7_no_way_of_writing_a_foreign_recipient_is_taken(string sender)
    {
        await using var server = await SmtpTestServer.StartAsync(p => p with { Limits = p.Limits with { ErrorsMax = 1000, JunkCommandsMax = 1000 } });
        using var peer = await server.GreetAsync();

        foreach (var recipient in Recipients)
        {
            await peer.AskAsync("RSET");
            await peer.AskAsync($"MAIL FROM:{sender}");
            var reply = await peer.AskAsync($"RCPT TO:<{recipient}>");

            Assert.True(reply[0] == '5', $"{sender} to {recipient}: {reply}");
            Assert.StartsWith("503", await peer.AskAsync("DATA"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task C7_a_second_attempt_in_the_same_session_is_no_better()
    {
        await using var server = await SmtpTestServer.StartAsync(p => p with { Limits = p.Limits with { ErrorsMax = 1000 } });
        using var peer = await server.GreetAsync();
        await peer.AskAsync("MAIL FROM:<a@provider.example>");
        Assert.StartsWith("250", await peer.AskAsync("RCPT TO:<abuse@provider.example>"), StringComparison.Ordinal);

        foreach (var again in new[] { "NOOP", "RSET", "EHLO other.example", "HELO other.example" })
        {
            await peer.AskAsync(again);
            await peer.AskAsync("MAIL FROM:<a@provider.example>");
            Assert.StartsWith("550 5.7.1", await peer.AskAsync("RCPT TO:<u@v.example>"), StringComparison.Ordinal);
            Assert.StartsWith("550 5.7.1", await peer.AskAsync("RCPT TO:<u@v.example>"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task C7_with_smtputf8_a_look_alike_of_our_domain_is_not_ours()
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.AskAsync("MAIL FROM:<a@v.example> SMTPUTF8");

        foreach (var domain in new[] { "рrovider.example", "ｐrovider.example", "provider\u3002example", "provıder.example" })
            Assert.StartsWith("55", await peer.AskAsync($"RCPT TO:<abuse@{domain}>"), StringComparison.Ordinal);
    }
}
