using Microsoft.Extensions.Options;

namespace Iarnet.Hosting.Registration;

/// <summary>A range of time spans, which the attributes can say only by reflection.</summary>
internal sealed class ShutdownTimeoutValidator : IValidateOptions<IarnetNodeOptions>
{
    public ValidateOptionsResult Validate(string? name, IarnetNodeOptions options) =>
        options.ShutdownTimeout >= TimeSpan.Zero && options.ShutdownTimeout <= TimeSpan.FromHours(1)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{nameof(IarnetNodeOptions.ShutdownTimeout)} is {options.ShutdownTimeout}: it must lie between zero and one hour.");
}
