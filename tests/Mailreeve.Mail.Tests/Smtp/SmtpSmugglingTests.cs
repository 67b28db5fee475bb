namespace Mailreeve.Mail.Tests.Smtp;

// CVE-2023-51764, CVE-2023-51765, CVE-2023-51766, VU#302671: what one server takes for the end of a message and another does not.
public class SmtpSmugglingTests
{
    private const string Smuggled = "MAIL FROM:<smuggled@v.example>\r\nRCPT TO:<abuse@provider.example>\r\nDATA\r\nSubject: smuggled\r\n\r\n";

    public static TheoryData<string> Sequences => ["\n.\n", "\n.\r", "\r.\n", "\r.\r", "\n.\r\n", "\r.\r\n", "\r\n\0.\r\n"];

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task A_false_end_of_data_ends_nothing_and_the_message_is_refused(string sequence)
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.BeginDataAsync();

        await peer.SendAsync($"Subject: first\r\n\r\nhello{sequence}{Smuggled}\r\n.\r\n");
        await peer.SendAsync("QUIT\r\n");

        var replies = await peer.RestAsync();
        Assert.Equal(2, replies.Count);
        Assert.StartsWith("550 5.6.0", replies[0], StringComparison.Ordinal);
        Assert.StartsWith("221", replies[1], StringComparison.Ordinal);
        Assert.Empty(server.Kept);
    }

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task A_chunk_with_a_false_end_of_data_is_refused_as_well(string sequence)
    {
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.GreetAsync();
        await peer.AskAsync("MAIL FROM:<a@b.example>");
        await peer.AskAsync("RCPT TO:<abuse@provider.example>");
        var content = $"Subject: first\r\n\r\nhello{sequence}{Smuggled}";

        await peer.SendAsync($"BDAT {content.Length} LAST\r\n{content}QUIT\r\n");

        var replies = await peer.RestAsync();
        Assert.Equal(2, replies.Count);
        Assert.StartsWith("550 5.6.0", replies[0], StringComparison.Ordinal);
        Assert.Empty(server.Kept);
    }
}
