using Mailreeve.Accounts.SignIn;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>customer password REG-NUMBER</c></summary>
public static class CustomerPasswordCommand
{
    /// <summary>Sets a customer's password.</summary>
    /// <param name="database">Where.</param>
    /// <param name="regNumber">Whose.</param>
    /// <param name="password">The new one; null makes one and prints it.</param>
    /// <param name="hashing">How it is kept.</param>
    /// <param name="output">Where the outcome is printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when there is no such customer, or the password cannot be used.</returns>
    public static async Task<int> RunAsync(
        Database database, string regNumber, string? password, PasswordHashing hashing, TextWriter output, CancellationToken stop)
    {
        if (await FindCustomer.ByNumberAsync(database, regNumber, output, stop) is not { } customer
            || await NewPassword.FromAsync(password, output) is not { } usable)
            return 1;

        var hash = await hashing.HashAsync(usable, stop);
        await database.WriteAsync(db => new CustomerStore(db).SetPasswordHashAsync(customer.Id, hash, stop), stop);
        await output.WriteLineAsync($"{customer.RegNumber} {customer.Name} signs in with it from now on.");
        return 0;
    }
}
