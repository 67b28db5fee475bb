namespace Mailreeve.Mail.Tests.Smtp;

public class SmtpDialogueTests
{
    public static TheoryData<string> Transcripts =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "transcripts", "smtp"), "*.txt").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task Dialogues_are_answered_as_recorded(string file)
    {
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(AppContext.BaseDirectory, "transcripts", "smtp", file), TestContext.Current.CancellationToken);
        await using var server = await SmtpTestServer.StartAsync();
        using var peer = await server.ConnectAsync();

        for (var i = 0; i < lines.Length; i++)
            await PlayAsync(peer, lines[i], $"{file}:{i + 1}");
    }

    internal static async Task PlayAsync(SmtpPeer peer, string line, string where)
    {
        switch (line)
        {
            case "" or ['#', ..]:
                return;
            case "S.":
                Assert.True(await peer.LineAsync() is null, $"{where}: the connection is still open");
                return;
            case ['C', ':', ..]:
                await peer.SendAsync((line.Length > 3 ? line[3..] : "") + "\r\n");
                return;
            case ['C', '\\', ..]:
                await peer.SendAsync(Unescape(line[3..]));
                return;
            case ['S', ':', ..]:
                var expected = line[3..];
                var actual = await peer.LineAsync() ?? "(closed)";
                var matches = expected.EndsWith('*') ? actual.StartsWith(expected[..^1], StringComparison.Ordinal) : actual == expected;
                Assert.True(matches, $"{where}: expected {expected}, got {actual}");
                return;
            default:
                Assert.Fail($"{where}: cannot be read: {line}");
                return;
        }
    }

    private static string Unescape(string text) =>
        string.Join('\\', text.Split("\\\\").Select(part => part
            .Replace("\\r", "\r", StringComparison.Ordinal)
            .Replace("\\n", "\n", StringComparison.Ordinal)
            .Replace("\\0", "\0", StringComparison.Ordinal)));
}
