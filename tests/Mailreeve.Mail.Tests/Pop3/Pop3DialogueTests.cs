using Mailreeve.Mail.Tests.Smtp;

namespace Mailreeve.Mail.Tests.Pop3;

public class Pop3DialogueTests(SharedHost shared) : IClassFixture<SharedHost>
{
    // What the transcripts find in the mailbox.
    private static readonly string[] Messages =
    [
        "Subject: one\r\n\r\nfirst\r\nlast\r\n",
        "Subject: dots\r\n\r\n.\r\n..two\r\n",
        "Subject: no end of line\r\n\r\n.",
    ];

    public static TheoryData<string> Transcripts =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "transcripts", "pop3"), "*.txt").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task Dialogues_are_answered_as_recorded(string file)
    {
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(AppContext.BaseDirectory, "transcripts", "pop3", file), TestContext.Current.CancellationToken);
        await using var server = await Pop3TestServer.StartAsync(shared.Mailboxes, Messages);
        using var peer = await server.ConnectAsync();

        for (var i = 0; i < lines.Length; i++)
            await SmtpDialogueTests.PlayAsync(peer, lines[i], $"{file}:{i + 1}");

        Assert.True(await server.IsFreeAsync());
    }
}
