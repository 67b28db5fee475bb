using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mailreeve.EndToEnd.Mta;

/// <summary>A client that says to a Postfix what it is told to.</summary>
internal sealed class PostfixClient : IDisposable
{
    // Only ever reached by a test that fails.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TcpClient client;
    private readonly StreamReader replies;

    private PostfixClient(TcpClient client) => (this.client, replies) = (client, new StreamReader(client.GetStream(), Encoding.ASCII));

    /// <summary>Connects, and reads the greeting.</summary>
    public static async Task<PostfixClient> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var peer = new PostfixClient(client);
        await peer.ReplyAsync();
        return peer;
    }

    /// <summary>Says a line.</summary>
    /// <returns>The last line of the reply.</returns>
    public async Task<string> AskAsync(string line)
    {
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));
        return await ReplyAsync();
    }

    /// <summary>Sends a message as far as it is let.</summary>
    /// <returns>The first reply that is no yes, or the last one.</returns>
    public async Task<string> SendAsync(string from, IEnumerable<string> to, string message)
    {
        foreach (var command in (string[])[$"MAIL FROM:<{from}>", .. to.Select(r => $"RCPT TO:<{r}>"), "DATA"])
        {
            var reply = await AskAsync(command);
            if (reply[0] is not ('2' or '3'))
                return reply;
        }

        return await AskAsync($"{message}.");
    }

    /// <summary>The name that Postfix gave the message that it has just taken.</summary>
    public static string IdIn(string reply)
    {
        Assert.Matches("^250 2\\.0\\.0 Ok: queued as [0-9A-Za-z]+$", reply);
        return reply[(reply.LastIndexOf(' ') + 1)..];
    }

    public void Dispose()
    {
        replies.Dispose();
        client.Dispose();
    }

    private async Task<string> ReplyAsync()
    {
        string line;
        do
        {
            line = await replies.ReadLineAsync().WaitAsync(Patience) ?? throw new EndOfStreamException("Postfix hung up.");
        }
        while (line.Length > 3 && line[3] == '-');
        return line;
    }
}
