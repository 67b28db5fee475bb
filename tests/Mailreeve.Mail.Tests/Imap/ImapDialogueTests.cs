using System.Text;
using Mailreeve.Testing.Imap;

namespace Mailreeve.Mail.Tests.Imap;

/// <summary>Recorded dialogues, each with a mailbox that has three messages, called one, two and three.</summary>
public class ImapDialogueTests
{
    public static TheoryData<string> Transcripts =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "transcripts", "imap"), "*.txt").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task Dialogues_are_answered_as_recorded(string file)
    {
        var lines = await File.ReadAllLinesAsync(
            Path.Combine(AppContext.BaseDirectory, "transcripts", "imap", file), TestContext.Current.CancellationToken);
        await using var server = await ImapTestServer.StartAsync();
        foreach (var text in new[] { "one", "two", "three" })
            await server.DeliverAsync(text);
        using var peer = await server.ConnectAsync();
        await peer.LineAsync();

        for (var i = 0; i < lines.Length; i++)
            await PlayAsync(peer, lines[i], $"{file}:{i + 1}");
    }

    private static async Task PlayAsync(ImapPeer peer, string line, string where)
    {
        switch (line)
        {
            case "" or ['#', ..]:
                return;
            case "S.":
                Assert.True(await peer.LineAsync() is null, $"{where}: the connection is still open");
                return;
            case ['C', ':', ..]:
                await peer.SendAsync(Encoding.UTF8.GetBytes(line[3..] + "\r\n"));
                return;
            case ['C', '\\', ..]:
                await peer.SendAsync(Unescape(line[3..]));
                return;
            case ['S', ':', ..]:
                var expected = line[3..];
                var actual = (await peer.LineAsync() ?? "(closed)").Replace("\r\n", "\\r\\n", StringComparison.Ordinal);
                Assert.True(Fits(expected, actual), $"{where}: expected {expected}, got {actual}");
                return;
            default:
                Assert.Fail($"{where}: cannot be read: {line}");
                return;
        }
    }

    // One ~ stands for anything: UIDVALIDITY is another one each time.
    private static bool Fits(string expected, string actual)
    {
        var gap = expected.IndexOf('~', StringComparison.Ordinal);
        return gap < 0
            ? expected == actual
            : actual.Length >= expected.Length - 1
                && actual.StartsWith(expected[..gap], StringComparison.Ordinal) && actual.EndsWith(expected[(gap + 1)..], StringComparison.Ordinal);
    }

    private static string Unescape(string text) =>
        string.Join('\\', text.Split("\\\\").Select(part => part
            .Replace("\\r", "\r", StringComparison.Ordinal)
            .Replace("\\n", "\n", StringComparison.Ordinal)
            .Replace("\\0", "\0", StringComparison.Ordinal)));
}
