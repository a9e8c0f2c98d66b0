"""The state of an economy: one record for everybody but the firms, whose number is free.

Institutions lie in slots of equal size at the head of the record, so their accounts form one strided array. A phase of
the quarter receives `world` (one record), `accounts` (that array, indexed by column) and `firms`."""

import numpy as np

from simulation.agents.banks import BANK
from simulation.agents.chip_makers import CHIP_MAKER
from simulation.agents.clouds import CLOUD
from simulation.agents.firms import FIRM_TOTALS
from simulation.agents.funds import CREDIT_FUND, EQUITY_FUND, INSURER, VENTURE_FUND
from simulation.agents.households import HOUSEHOLD
from simulation.agents.labs import LAB
from simulation.agents.public_sector import CENTRAL_BANK, GOVERNMENT, REST_OF_WORLD
from simulation.agents.receivers import RECEIVER
from simulation.agents.vehicles import VEHICLE
from simulation.books.ledger import ACCOUNT, LEDGER, SLOT
from simulation.chronicle import CHRONICLE
from simulation.disturbances.process import LUCK
from simulation.obligations.contracts import CONTRACT, CONTRACTS
from simulation.obligations.deal_register import REGISTER
from simulation.obligations.dues import CLEARING, DEBTOR
from simulation.obligations.supplier_money import SOURCES
from simulation.registry import BUYERS, CLOUDS, COLUMNS, LABS, MAKERS, N_INSTITUTIONS, NUMBER
from simulation.rule import padded, record, slots
from simulation.scenario.levers import LEVER_DTYPE
from simulation.scenario.parameters import PARAMETER_DTYPE
from simulation.series import SERIES_DTYPE

RECORDS = {
    "chip_makers": CHIP_MAKER,
    "clouds": CLOUD,
    "labs": LAB,
    "other_buyers": CLOUD,
    "households": HOUSEHOLD,
    "equity_funds": EQUITY_FUND,
    "venture_funds": VENTURE_FUND,
    "credit_funds": CREDIT_FUND,
    "insurers": INSURER,
    "banks": BANK,
    "governments": GOVERNMENT,
    "central_banks": CENTRAL_BANK,
    "rest_of_world": REST_OF_WORLD,
    "vehicles": VEHICLE,
    "receivers": RECEIVER,
}

# Of every owner of compute in a quarter: capital expenditure, rents and sales that its compute brings, what new compute
# adds to its own business, running costs (USD bn), compute delivered, online, waiting (adjusted GW), mark (USD bn).
CAPEX, EARNED, UPLIFT, RUNNING, DELIVERED, ONLINE, WAITING, MARK = range(8)
OWNER_FLOWS = 8
LAGS = 8
MARKET = record(
    # technology
    capability="f8",
    training_total="f8",
    public_training="f8=0",
    efficiency="f8",
    efficiency_passed="f8",
    it_price="f8",
    shell_price="f8",
    system_price="f8",
    user_cost="f8",
    user_cost_before="f8=0",
    physical="f8",
    power_cap="f8",
    # compute
    spot="f8",
    expected_spot="f8",
    rent_paid="f8",
    opening_spot="f8",
    tightness="f8",
    utilisation="f8",
    online="f8",
    need="f8",
    need_before="f8",
    own_service_price="f8",
    capex="f8",
    capex_growth="f8=0",
    partner_share=("f8=0", (LABS, CLOUDS)),
    sector_growth="f8",
    backlog_growth="f8",
    contract_backlog="f8=0",
    plans="f8",  # GW a quarter that clouds plan to order
    plans_growth="f8",
    training_share="f8=0",
    contracts=slots(CONTRACT, CONTRACTS),
    n_contracts="i8=0",
    # money of the quarter from buyer to seller for compute and chips, by column (USD bn)
    trade=("f8=0", (COLUMNS, COLUMNS)),
    # money of the quarter that suppliers put into customers: stakes, loans, guarantees, rebates (USD bn)
    supplier_money=("f8=0", (COLUMNS, COLUMNS)),
    # what an agent has taken in lately by source (USD bn, fading), and the shares in which its payments carry it
    purse=("f8=0", (COLUMNS, SOURCES)),
    carried=("f8=0", (COLUMNS, SOURCES)),
    circular="f8=0",
    circular_own="f8=0",
    # price of compute in distress over its mark, as lenders see collateral
    collateral_mark="f8",
    # chips: GW on order by maker and buyer
    on_order=("f8", (MAKERS, BUYERS)),
    maker_share=("f8", (MAKERS, BUYERS)),
    usual_maker_share=("f8", (MAKERS, BUYERS)),  # without purchase commitments
    reserved=("f8=0", (MAKERS, BUYERS)),  # GW on order under purchase commitments
    shipped=("f8=0", (MAKERS, BUYERS)),  # GW in the quarter
    chip_sales="f8",
    supply_value="f8",
    backlog_value="f8",
    due_value="f8",  # of the backlog, what buyers have room for (USD bn)
    # AI services
    ai_price="f8",
    ai_price_scale="f8",
    service_compute="f8",
    share_of_users="f8=0",
    regulation="f8=0",  # factor on all demand for AI services: rules, and new uses
    fringe_share="f8",
    fringe_intercept="f8",
    fringe_price="f8=0",
    open_training="f8",  # compute that trains open models (GW)
    open_model_need="f8=0",
    frontier=("f8", (LAGS,)),
    home_demand="f8=0",
    consumer_scale="f8",
    foreign_demand="f8=0",
    foreign_scale="f8",
    foreign_queue=("f8=0", (LAGS,)),
    end_demand="f8",
    end_demand_past=("f8", (LAGS,)),
    reported="f8=0",
    reported_past=("f8=0", (LAGS,)),
    end_growth="f8=0",
    reported_growth="f8=0",
    lab_revenue="f8",
    own_use_value="f8=0",
    other_use_value="f8=0",
    coverage="f8=0",
    coverage_half="f8=0",
    coverage_external="f8=0",
    requirement_peak="f8=0",
    coverage_star="f8=0",
    core_to_firms="f8=0",
    core_to_households="f8=0",
    core_abroad="f8=0",
    core_sales="f8",
    # funding of AI investment in the quarter
    debt_raised="f8=0",
    equity_raised="f8=0",
    lab_equity_raised="f8=0",
    failed_rounds="f8=0",
    failed_weight="f8=0",
    refusals="f8=0",
    shell_import_share="f8",
    held_capex="f8=0",  # real AI capital expenditure of the last quarter of the boom (USD bn at opening prices)
    old_use=("f8=0", (BUYERS,)),  # GW of own use that the compute of the opening would still serve, by owner
    owner_flows=("f8=0", (BUYERS, OWNER_FLOWS)),  # of the quarter: returns on compute are reckoned from them
)

SECURITY = record(
    value="f8=0",
    value_before="f8=0",
    sober_value="f8=0",
    core_scale="f8=0",  # investors' multiple of core cash flow over Gordon's
    growth_scale="f8=0",  # value over what the formula makes of AI earnings, the same for all of a kind
    hope="f8=0",  # log: what is expected of this firm beyond its kind; fades
    earnings="f8=0",  # a year, that investors expect
    lost="f8=0",  # part of AI business known this quarter to be gone
    counted="f8=0",  # price at which the index last counted a share
)

EXCHANGE = record(
    securities=(SECURITY, (COLUMNS,)),
    index="f8",
    index_peak="f8",
    wiped_out="f8=0",  # listed shares cancelled since the index was told, as it last counted them (USD bn)
    ai_weight="f8=0",  # of AI firms in the value of all listed shares
    last_return="f8=0",
    expected_end_growth="f8",
    failures="f8=0",
    momentum="f8",
    fundamentalists="f8",
    value_gap="f8=0",
    sober_gap="f8=0",
    withdrawal="f8=0",
    withdrawal_left="f8=0",
    bad_news="f8=0",
    misses="f8=0",
    failed_weight="f8=0",  # of the quarter's failures, in failures of average size of their kind
    recent_failures="f8=0",  # the same, fading
    forced_sales="f8=0",
    flows="f8=0",
    issuance="f8=0",
    market_value="f8=0",
    firms_value_scale="f8=0",
    firms_dividends="f8",
    credit_losses="f8=0",
    losses_of_banks="f8=0",  # the parts of them that banks and private-credit funds bear
    losses_of_credit_funds="f8=0",
    gated="f8=0",
)

MACRO = record(
    price_level="f8",
    inflation="f8",
    expected_inflation="f8",
    wage="f8",
    productivity="f8",
    trend_productivity="f8",
    productivity_growth="f8",
    trend_level="f8",
    trend_nominal_growth="f8",
    potential_nominal="f8",
    potential_real="f8",
    ai_gain="f8=0",
    labour_force="f8",
    employment="f8",
    unemployment="f8",
    output_gap="f8=0",
    policy_rate="f8",
    policy_rule_rate="f8",
    neutral_real_rate="f8",
    loan_rate_quarter="f8",
    loan_spread="f8",
    deposit_rate="f8",
    real_loan_rate="f8",
    real_loan_rate_normal="f8",
    bond_rate="f8",
    # what customers of core businesses spend (USD bn): its lasting level, its swing around it (log), its pull on them
    lasting_demand="f8",
    demand_swing="f8=0",
    customers_growth="f8",
    household_demand="f8",
    household_state="f8=0",
    investment_climate="f8=0",
    export_state="f8=0",
    productivity_state="f8=0",
    stress="f8=0",
    credit_appetite="f8",
    payout="f8",
    capital_ratio="f8",
    firm_loan_ratio="f8",
    firm_money_ratio="f8",
    gdp="f8",
    opening_gdp="f8",
    opening_wage="f8",
    opening_unit_cost="f8",
    opening_productivity="f8",
    potential_ratio="f8",
    labour_mix="f8",
    fortune="f8",
    real_gdp="f8",
    real_gdp_before="f8",
    growth="f8=0",
    ai_home_before="f8",
    ai_net_before="f8",
)

WORLD = record(
    **{kind: (padded(RECORDS[kind], SLOT), (number,)) for kind, number in NUMBER.items()},
    ledger=LEDGER,
    debtors=(DEBTOR, (COLUMNS,)),
    clearing=CLEARING,
    deals=REGISTER,
    chronicle=CHRONICLE,
    market=MARKET,
    exchange=EXCHANGE,
    macro=MACRO,
    totals=FIRM_TOTALS,
    luck=LUCK,
    parameters=PARAMETER_DTYPE,
    levers=LEVER_DTYPE,
    levers_before=LEVER_DTYPE,
    series=SERIES_DTYPE,
    seed="i8",
    quarter="i8=0",
    opening_quarter="i8",
)


def accounts_of(world: np.ndarray) -> np.ndarray:
    """The accounts of all institutions by column: a view of the head of the world."""
    return np.ndarray((N_INSTITUTIONS,), ACCOUNT, world, 0, (SLOT,))
