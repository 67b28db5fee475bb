using Mailreeve.Accounts.Import;
using Mailreeve.Storage;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>accounts export</c></summary>
public static class AccountsExportCommand
{
    /// <summary>Prints the accounts file of everything that is stored.</summary>
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(Database database, TextWriter output, CancellationToken stop)
    {
        await output.WriteAsync(await AccountsExport.TextAsync(database, stop));
        return 0;
    }
}
