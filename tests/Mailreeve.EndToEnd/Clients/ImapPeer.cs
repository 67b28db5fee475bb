using MailKit;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>An IMAP client that sends exactly what it is told to, under TLS.</summary>
internal sealed class ImapPeer : LinePeer
{
    private int tags;

    private ImapPeer(Stream stream, IProtocolLogger log)
        : base(stream, log)
    {
    }

    /// <summary>Connects and reads the greeting.</summary>
    public static async Task<ImapPeer> ConnectAsync(MailServerUnderTest server, IProtocolLogger log)
    {
        var peer = new ImapPeer(await OpenAsync(server, server.ImapsPort), log);
        await peer.StartTlsAsync(server);
        Assert.StartsWith("* OK ", await peer.ResponseAsync(), StringComparison.Ordinal);
        return peer;
    }

    /// <summary>Sends a command, which must be answered with OK.</summary>
    /// <returns>The untagged responses, and the tagged one last, without its tag.</returns>
    public async Task<string[]> AskAsync(string command)
    {
        var answers = await TryAsync(command);
        Assert.True(answers[^1].StartsWith("OK ", StringComparison.Ordinal), $"{command}\n{string.Join("\n", answers)}");
        return answers;
    }

    /// <summary>Sends a command.</summary>
    /// <returns>The untagged responses, and the tagged one last, without its tag.</returns>
    public async Task<string[]> TryAsync(string command) => await AnswersAsync(await BeginAsync(command));

    /// <summary>Sends a command and does not wait for anything.</summary>
    /// <returns>Its tag.</returns>
    public async Task<string> BeginAsync(string command)
    {
        var tag = $"t{++tags}";
        await SendAsync($"{tag} {command}\r\n");
        return tag;
    }

    /// <summary>Reads up to the end of a command.</summary>
    /// <returns>The untagged responses, and the tagged one last, without its tag.</returns>
    public async Task<string[]> AnswersAsync(string tag)
    {
        var answers = new List<string>();
        while (true)
        {
            var response = await ResponseAsync();
            if (response.StartsWith($"{tag} ", StringComparison.Ordinal))
                return [.. answers, response[(tag.Length + 1)..]];
            answers.Add(response);
        }
    }

    /// <summary>Reads responses until one of this beginning has come.</summary>
    /// <returns>It.</returns>
    public async Task<string> UntilAsync(string beginning)
    {
        while (true)
        {
            var response = await ResponseAsync();
            if (response.StartsWith(beginning, StringComparison.Ordinal))
                return response;
        }
    }

    /// <summary>Appends a message with a literal that waits for the server's go-ahead.</summary>
    public async Task AppendAsync(string folder, string message, string flags = "()")
    {
        var tag = await BeginAsync($"APPEND {folder} {flags} {{{message.Length}}}");
        Assert.StartsWith("+", await ResponseAsync(), StringComparison.Ordinal);
        await SendAsync(message + "\r\n");
        Assert.StartsWith("OK ", (await AnswersAsync(tag))[^1], StringComparison.Ordinal);
    }

    /// <summary>A response, with its literals in it.</summary>
    public async Task<string> ResponseAsync()
    {
        var response = await LineAsync();
        while (EndsInLiteral(response, out var size))
            response += "\r\n" + await BytesAsync(size) + await LineAsync();
        return response;
    }
}
