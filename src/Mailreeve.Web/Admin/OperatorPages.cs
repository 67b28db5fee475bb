using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Web.Access;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Admin;

/// <summary>The provider's people and what each may do.</summary>
internal static class OperatorPages
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/operators", ListAsync).For(DeskAction.EditOperators);
        admin.MapPost("/operators", AddAsync).For(DeskAction.EditOperators);
        admin.MapPost("/operators/{name}/disable", DisableAsync).For(DeskAction.EditOperators);
        admin.MapPost("/operators/{name}/forget-second-factor", ForgetAsync).For(DeskAction.EditOperators);
    }

    private static async Task<IResult> ListAsync(HttpContext http, Database database, CancellationToken stop) =>
        Page.Of<OperatorsPage>(new
        {
            Operators = await database.ReadAsync(db => new OperatorStore(db).ListAsync(stop), stop),
            Self = http.User.Identity!.Name!,
        });

    private static async Task<IResult> AddAsync(
        HttpContext http, Database database, PasswordHashing hashing, IClock clock, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var (name, password) = (form["name"].ToString().Trim(), form["password"].ToString());
        if ((Operator.NameProblem(name) ?? PasswordRules.Problem(password)) is { } problem)
            return Refuse(problem);
        if (!Enum.TryParse<OperatorRole>(form["role"], out var role) || !Enum.IsDefined(role))
            return Refuse("Choose a role.");
        var hash = await hashing.HashAsync(password, stop);
        return await database.WriteAsync(db => new OperatorStore(db).AddAsync(name, role, hash, clock.GetCurrentInstant(), stop), stop) is null
            ? Refuse("The name is taken. Names are not given twice, for histories name them.")
            : Page.SeeOther("/admin/operators");
    }

    private static async Task<IResult> DisableAsync(string name, HttpContext http, Database database, IClock clock, CancellationToken stop)
    {
        // So that there is always someone left who can undo it.
        if (name == http.User.Identity!.Name)
            return Refuse("You cannot disable yourself. Ask another administrator.");
        await database.WriteAsync(db => new OperatorStore(db).DisableAsync(name, clock.GetCurrentInstant(), stop), stop);
        return Page.SeeOther("/admin/operators");
    }

    private static async Task<IResult> ForgetAsync(string name, Database database, CancellationToken stop)
    {
        await database.WriteAsync(db => new OperatorStore(db).ForgetSecondFactorAsync(name, stop), stop);
        return Page.SeeOther("/admin/operators");
    }

    private static IResult Refuse(string why) => Page.Of<Desk.RefusedPage>(new { Why = why, Back = "/admin/operators" }, StatusCodes.Status400BadRequest);
}
