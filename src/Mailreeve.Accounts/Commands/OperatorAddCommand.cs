using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using NodaTime;

namespace Mailreeve.Accounts.Commands;

/// <summary><c>operator add NAME --role ROLE</c></summary>
public static class OperatorAddCommand
{
    /// <summary>Adds an operator, who enrols an authenticator app when signing in for the first time.</summary>
    /// <param name="database">Where.</param>
    /// <param name="name">Name to sign in with.</param>
    /// <param name="role">What the operator may do.</param>
    /// <param name="password">The password; null makes one and prints it.</param>
    /// <param name="hashing">How it is kept.</param>
    /// <param name="clock">The time.</param>
    /// <param name="output">Where the outcome is printed.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>0; 1 when the name is taken or is none, or the password cannot be used.</returns>
    public static async Task<int> RunAsync(
        Database database, string name, OperatorRole role, string? password, PasswordHashing hashing, IClock clock, TextWriter output,
        CancellationToken stop)
    {
        var problem = Operator.NameProblem(name)
            ?? (await database.ReadAsync(db => new OperatorStore(db).FindByNameAsync(name, stop), stop) is not null ? Taken(name) : null);
        if (problem is not null)
        {
            await output.WriteLineAsync(problem);
            return 1;
        }

        if (await NewPassword.FromAsync(password, output) is not { } usable)
            return 1;

        var hash = await hashing.HashAsync(usable, stop);
        var added = await database.WriteAsync(db => new OperatorStore(db).AddAsync(name, role, hash, clock.GetCurrentInstant(), stop), stop);
        await output.WriteLineAsync(added is null ? Taken(name) : $"{name} is an operator ({EnumText.Of(role)}) and enrols an authenticator app at the first sign-in.");
        return added is null ? 1 : 0;
    }

    private static string Taken(string name) => $"There is an operator {name} already; names are not given twice, because histories name them.";
}
