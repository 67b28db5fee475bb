using Mailreeve.Testing.Imap;

namespace Mailreeve.Mail.Tests.Imap;

public class ImapStressTests
{
    // bench/imap-stress does the same for as long as one likes.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Sessions_on_one_folder_never_disagree(int seed)
    {
        await using var server = await ImapTestServer.StartAsync();
        var stress = new ImapStress { Port = server.Port, User = "kim@provider.example", Password = "secret", Seed = seed };

        var commands = await stress.RunAsync(round => round < 5);

        Assert.True(commands > 1000, $"{commands} commands were answered.");
    }
}
